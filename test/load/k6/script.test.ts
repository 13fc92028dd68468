import { expect, test } from 'vitest';
import { scriptText } from '../../../src/load/k6/script.ts';
import { steadyStages } from '../../../src/load/k6/stages.ts';

const text = scriptText({
  url: 'http://127.0.0.1:8080',
  timeoutMs: 1_000,
  gateUrl: 'http://127.0.0.1:4000/profile',
  channels: [
    { name: 'shoppers', firstOrder: 1_000, users: 50, ...steadyStages(20) },
    { name: "partner's", firstOrder: 2_000, users: 6, ...steadyStages(0.5) },
  ],
});

test('every channel is an open scenario of its own, with all users made before it starts', () => {
  const { scenarios, ...settings } = JSON.parse(/const options = (.*);/.exec(text)![1]!);
  expect(settings).toMatchObject({ noConnectionReuse: true, setupTimeout: '24h' });
  expect(scenarios.channel0).toEqual({
    executor: 'ramping-arrival-rate',
    exec: 'ask0',
    startRate: 20_000,
    timeUnit: '1000s',
    stages: [{ duration: '86400s', target: 20_000 }],
    preAllocatedVUs: 50,
    maxVUs: 50,
    gracefulStop: '0s',
  });
  expect(scenarios.channel1).toMatchObject({ exec: 'ask1', startRate: 500 });
  expect(text).toContain('export { options, setup, watch, ask0, ask1 };');
});

test('names are data inside it, whatever letters they have', () => {
  expect(text).toContain(`[{"name":"shoppers","firstOrder":1000},{"name":"partner's","firstOrder":2000}]`);
});
