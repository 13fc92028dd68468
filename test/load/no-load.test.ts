import { expect, test } from 'vitest';
import type { RunEventBody } from '../../src/domain/event.ts';
import type { LoadPlan } from '../../src/domain/load.ts';
import { createNoLoad, momentsOf } from '../../src/load/no-load.ts';

const points = [
  [0, 100],
  [10_000, 400],
  [30_000, 400],
  [31_000, 100],
] as const;
const plan: LoadPlan = {
  service: 'orders',
  limitMs: 60_000,
  channels: [
    { name: 'shoppers', points, rateRpsBase: 100, rateRpsPeak: 400 },
    { name: 'partner', points: [[0, 5]], rateRpsBase: 5, rateRpsPeak: 5 },
  ],
};

test('the moments of a plan are those of the channel with the highest peak', () => {
  expect(momentsOf(plan)).toEqual({ peakedMs: 9_400, fellMs: 30_700 });
});

test('a constant load has peaked at once and never falls', () => {
  const flat = {
    name: 'shoppers',
    points: [
      [0, 50],
      [60_000, 50],
    ] as const,
    rateRpsBase: 50,
    rateRpsPeak: 50,
  };
  expect(momentsOf({ ...plan, channels: [flat] })).toEqual({ peakedMs: 0 });
});

test('a driver that asks nothing says so at the end, and tells the facts of the load by the plan', async () => {
  const timers: { readonly atMs: number; readonly call: () => void }[] = [];
  let now = 0;
  const load = createNoLoad({
    now: () => now,
    at: (atMs, call) => {
      timers.push({ atMs, call });
      return () => {};
    },
  });
  const told: string[] = [];
  const publish = (event: RunEventBody, atMs: number) => {
    if (event.type === 'fact') told.push(`${atMs} ${event.fact} ${event.value}`);
  };
  await load.warmUp(plan, publish, new AbortController().signal);
  now = 20_000;
  load.play();
  for (const { atMs, call } of timers) {
    now = atMs;
    call();
  }
  expect(told).toEqual([
    '0 load.started false',
    '20000 load.started true',
    '29400 load.peaked true',
    '50700 load.fell true',
  ]);
  expect(await load.stop()).toEqual({ reached: false, text: 'no load was asked' });
});
