import { expect, test } from 'vitest';
import type { DataState, RunEventBody, Traffic } from '../../../src/domain/event.ts';
import type { LoadPlan } from '../../../src/domain/load.ts';
import { ownAchievement } from '../../../src/load/k6/achievement.ts';
import { createClient } from '../../../src/load/k6/client.ts';
import { endedInOrder, scriptEnvironment } from '../../../src/load/k6/own-script.ts';

const plan: LoadPlan = {
  service: 'orders',
  limitMs: 60_000,
  channels: [
    { name: 'shoppers', rateRpsBase: 100, rateRpsPeak: 400, points: [[0, 100]] },
    { name: 'partner', rateRpsBase: 5, rateRpsPeak: 20, points: [[0, 5]] },
  ],
};

test('a script of somebody else is told where, how much and the whole plan', () => {
  const { PLAN_JSON, ...rest } = scriptEnvironment(plan, 'http://127.0.0.1:8080', 1_000);
  expect(rest).toEqual({
    ENTRY_URL: 'http://127.0.0.1:8080',
    SERVICE: 'orders',
    BASE: '105',
    PEAK: '420',
    TIMEOUT_MS: '1000',
  });
  expect(JSON.parse(PLAN_JSON!)).toEqual(plan);
});

test('its traffic is what the load balancer saw; orders are known if it names them', () => {
  const told: RunEventBody[] = [];
  const client = createClient({
    plan,
    runId: 'run',
    publish: (event) => void told.push(event),
    now: () => 0,
    epochMs: 1_000,
    seenAt: () => undefined,
  });
  const seen = { acceptedMs: 1_110, tookMs: 30, ending: '--', method: 'POST', path: '/orders' };
  client.saw({ ...seen, site: 'east', status: 201, order: 7, channel: 'partner' });
  client.saw({ ...seen, site: 'west', status: 200, channel: 'unheard of' });
  client.saw({ ...seen, status: 503 });
  client.saw({ ...seen, site: 'west', ending: 'CH' });
  client.close(1_000);
  const traffic = told.filter((event): event is Traffic => event.type === 'traffic' && event.asked > 0);
  expect(traffic).toMatchObject([
    { channel: 'shoppers', site: 'west', ok: 1, indeterminate: 1 },
    { channel: 'shoppers', site: '-', failed: { refused: 1 } },
    { channel: 'partner', site: 'east', ok: 1, latency: [[30, 1]] },
  ]);
  expect(told.filter((event): event is DataState => event.type === 'data')).toEqual([
    { type: 'data', acknowledged: { east: [[7, 8]] }, indeterminate: {}, lag: {} },
  ]);
});

test('it may end by itself, and cross thresholds of its own; a broken one is no load', () => {
  expect([0, 99, 107, undefined].map((code) => endedInOrder({ code, text: '' }))).toEqual([true, true, false, false]);
});

test('it reached its load when k6 dropped at most 1 %', () => {
  expect(ownAchievement('mine.js', { iterations: 990, dropped: 10 })).toEqual({
    reached: true,
    text: 'mine.js did 990 iterations, dropped 10',
  });
  expect(ownAchievement('mine.js', { iterations: 900, dropped: 100 }).reached).toBe(false);
  expect(ownAchievement('mine.js', undefined).reached).toBe(false);
});
