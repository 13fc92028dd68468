import { describe, expect, it } from 'vitest';
import { createKernel } from '../../../../src/sim/kernel.ts';
import { createProbeWorker, type ProbeAnswer } from '../../../../src/sim/models/workloads/probes.ts';
import { probeOf } from './world.ts';

/** Plays answers at given times against a probe of 10 s, time-out 1 s, 3 failures; gives when which result was told. */
function play(
  answers: readonly (readonly [atMs: number, answer: ProbeAnswer | 'pause'])[],
  initial: boolean | undefined,
  wish: Parameters<typeof probeOf>[0] = {},
) {
  const kernel = createKernel('1');
  const told: (readonly [number, boolean])[] = [];
  const probe = probeOf({ periodSeconds: 10, ...wish });
  const times = { tickerMs: 2_000, readyMs: probe.initialDelaySeconds * 1000 };
  const worker = createProbeWorker(kernel, probe, times, initial, (result) => told.push([kernel.now(), result]));
  for (const [atMs, answer] of answers)
    kernel.at(atMs, () => (answer === 'pause' ? worker.pause() : worker.answers(answer)));
  while (kernel.step(1_000_000));
  return told;
}

describe('a probe', () => {
  it('says ready at its first tick that succeeds, and costs nothing after', () => {
    expect(play([[0, 'ok']], false)).toEqual([[2_000, true]]);
    expect(play([[2_500, 'ok']], false)).toEqual([[12_000, true]]);
  });

  it('fails at the third tick in a row, with its time-out when nobody answers', () => {
    expect(play([[5_000, 'refused']], true)).toEqual([[32_000, false]]);
    expect(play([[5_000, 'silent']], true)).toEqual([[33_000, false]]);
  });

  it('starts counting anew after a success or a pause', () => {
    const answers = [
      [5_000, 'refused'],
      [25_000, 'ok'],
      [26_000, 'refused'],
    ] as const;
    expect(play(answers, true)).toEqual([[52_000, false]]);
    expect(play([...answers, [27_000, 'pause']], true)).toEqual([]);
  });

  it('waits for its initial delay and for successes in a row', () => {
    expect(play([[0, 'ok']], false, { initialDelaySeconds: 15 })).toEqual([[22_000, true]]);
    expect(play([[0, 'ok']], false, { successThreshold: 3 })).toEqual([[22_000, true]]);
  });

  it('with no result yet tells either outcome', () => {
    expect(play([[0, 'ok']], undefined)).toEqual([[2_000, true]]);
    expect(play([[0, 'refused']], undefined)).toEqual([[22_000, false]]);
  });
});
