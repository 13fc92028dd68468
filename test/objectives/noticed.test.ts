import { expect, test } from 'vitest';
import { alert } from '../../src/objectives/alert.ts';
import { detection } from '../../src/objectives/detection.ts';
import { noCollateral } from '../../src/objectives/no-collateral.ts';
import { servesThrough } from '../../src/objectives/serves-through.ts';
import { story } from '../../src/objectives/story.ts';
import { type At, ending, evaluate, fact, fault, outage, told, traffic } from './timeline.ts';

const nodeReady = (atMs: number, value: boolean, node = 'east-control-plane'): At => [
  atMs,
  fact('node.ready', { site: 'east', node }, value),
];

test('detection counts from the landing to the first fitting change of what was hit', () => {
  const asked = detection({ fact: 'node.ready', is: false, after: 'kill', msMax: 50_000 });
  const run = [
    nodeReady(0, true),
    nodeReady(0, true, 'other'),
    ...fault(30_000),
    nodeReady(31_000, false, 'other'),
    nodeReady(80_000, false),
  ];
  expect(evaluate(asked, run)).toMatchObject({ standing: 'met', received: '50 s', figures: { detectionMs: 50_000 } });
  expect(evaluate(detection({ fact: 'node.ready', is: false, after: 'kill', msMax: 49_999 }), run).standing).toBe(
    'missed',
  );
});

test('a platform that never notices misses, one that was not watched is unknown', () => {
  const asked = detection({ fact: 'node.ready', is: false, after: 'kill', msMax: 50_000 });
  expect(evaluate(asked, [nodeReady(0, true), ...fault(30_000)])).toMatchObject({
    standing: 'missed',
    received: '> 50 s',
  });
  expect(evaluate(asked, fault(30_000))).toMatchObject({ standing: 'unknown', received: 'not observed' });
  expect(() => detection({ fact: 'node.redy' as 'node.ready', after: 'kill', msMax: 1 })).toThrow(/known fact/);
});

const alarm = alert({ of: 'orders', after: 'kill', msMax: 10_000 });

test('an alert fires once both windows burn fast enough', () => {
  const found = evaluate(alarm, [
    traffic(0, 30_000),
    ...fault(30_000),
    outage(30_000, 50_000),
    traffic(50_000, 120_000),
  ]);
  expect(found).toMatchObject({ standing: 'met', received: '4.4 s' });
  expect(found.because).toMatch(/^fired at 0:34.4, resolved at 0:52/);
});

test('an outage too short to burn the long window does not fire', () => {
  const found = evaluate(alarm, [
    traffic(0, 30_000),
    ...fault(30_000),
    outage(30_000, 32_000),
    traffic(32_000, 120_000),
  ]);
  expect(found).toMatchObject({ standing: 'missed', because: 'it did not fire' });
});

test('an alert at one site fires though the sum of both is still fine', () => {
  const west = (fromMs: number, toMs: number) => traffic(fromMs, toMs, { site: 'west', asked: (toMs - fromMs) / 2 });
  const run = [
    traffic(0, 30_000),
    west(0, 30_000),
    ...fault(30_000),
    outage(30_000, 50_000),
    west(30_000, 50_000),
    traffic(50_000, 120_000),
    west(50_000, 120_000),
  ];
  expect(evaluate(alarm, run).received).toBe('4.4 s');
});

test('an alert before anything is broken is a false alarm, whatever comes later', () => {
  const found = evaluate(alarm, [
    outage(10_000, 30_000),
    traffic(30_000, 60_000),
    ...fault(60_000),
    outage(60_000, 120_000),
  ]);
  expect(found).toMatchObject({ standing: 'missed', received: 'false alarm', definite: true });
});

test('an alert without traffic or target is unknown', () => {
  expect(evaluate(alarm, fault(30_000)).standing).toBe('unknown');
  expect(evaluate(alert({ of: 'billing', after: 'kill', msMax: 1 }), fault(30_000)).standing).toBe('unknown');
});

const visit = told([10_000, 'peak'], [30_000, 'headless'], [60_000, 'back']);

test('a service serves through a state when every window inside it is healthy', () => {
  const asked = servesThrough({ of: 'orders', state: 'headless' });
  expect(evaluate(asked, [...visit, traffic(0, 120_000)])).toMatchObject({
    standing: 'met',
    received: 'healthy throughout',
  });
  const dip = [...visit, traffic(0, 40_000), outage(40_000, 40_500), traffic(40_500, 120_000)];
  expect(evaluate(asked, dip)).toMatchObject({ standing: 'missed', because: 'first at 0:40.0' });
  expect(evaluate(servesThrough({ of: 'orders', state: 'headless', unhealthyMsMax: 2_000 }), dip).standing).toBe('met');
});

test('what fails outside the state is no concern of it', () => {
  const run = [...visit, outage(0, 30_000), traffic(30_000, 60_000), outage(60_000, 120_000)];
  expect(evaluate(servesThrough({ of: 'orders', state: 'headless' }), run).standing).toBe('met');
});

test('a state without traffic, or never entered, was not exercised', () => {
  const asked = servesThrough({ of: 'orders', state: 'headless' });
  expect(evaluate(asked, visit).standing).toBe('unknown');
  expect(evaluate(asked, [traffic(0, 120_000)]).standing).toBe('unknown');
  expect(evaluate(asked, [...visit, traffic(0, 120_000, { asked: 120, ok: 120 })]).standing).toBe('unknown');
});

test('collateral is what was not hit and yet failed', () => {
  const asked = noCollateral({
    after: 'kill',
    spares: [
      { of: 'orders', channelsBut: ['partner'] },
      { workload: 'orders', site: 'west' },
    ],
  });
  const partner = outage(30_000, 60_000, { channel: 'partner' });
  const spared = [traffic(0, 120_000), traffic(0, 30_000, { channel: 'partner' }), ...fault(30_000), partner];
  expect(evaluate(asked, spared)).toMatchObject({ standing: 'met', received: 'none', because: 'orders (app)' });
  const hit: At = [40_000, fact('workload.degraded', { site: 'west', workload: 'orders' }, true)];
  expect(evaluate(asked, [...spared, hit])).toMatchObject({
    standing: 'missed',
    because: 'replicas of orders in west from 0:40.0',
  });
});

test('informers matter to collateral only where a workload is spared, in its site', () => {
  expect(noCollateral({ spares: [{ of: 'orders' }] }).needs).toMatchObject({ facts: ['sli.healthy'] });
  const west = noCollateral({ after: 'kill', spares: [{ workload: 'orders', site: 'west' }] }).needs;
  expect(west).toMatchObject({ facts: ['workload.degraded'], sites: ['west'] });
  const both = noCollateral({ spares: [{ of: 'api.write' }, { workload: 'orders' }] }).needs;
  expect(both.facts).toEqual(['sli.healthy', 'api.writable', 'workload.degraded']);
  expect(both.sites).toBeUndefined();
});

test('a spared channel without requests is unknown, as is a run without any', () => {
  const asked = noCollateral({ after: 'kill', spares: [{ of: 'orders', channel: 'app' }] });
  expect(evaluate(asked, [traffic(0, 20_000), ...fault(30_000)]).standing).toBe('unknown');
  expect(() => noCollateral({ spares: [] })).toThrow(/`spares` to name something/);
});

test('the expected ending is met, and a failed one by a fact is missed', () => {
  const asked = story();
  expect(evaluate(asked, [...visit, ...ending(70_000, 'whole', 'expected', 'back')])).toMatchObject({
    standing: 'met',
    received: 'whole',
  });
  expect(evaluate(asked, [...visit, ...ending(70_000, 'lost', 'failed', 'back')]).standing).toBe('missed');
  expect(evaluate(asked, [...visit, ...ending(70_000, 'odd', 'inconclusive', 'back')]).standing).toBe('unknown');
  expect(evaluate(asked, visit)).toMatchObject({ standing: 'unknown', because: 'the story stood in back' });
});

test('a time-out is missed only if every fault landed and nobody was blind', () => {
  const late = ending(90_000, 'stuck', 'failed', 'back', 'after');
  const gap: At = [80_000, { type: 'gap', observer: 'informers', facts: ['node.ready'], fromMs: 70_000, toMs: 80_000 }];
  expect(evaluate(story(), [...visit, ...fault(30_000), ...late]).standing).toBe('missed');
  expect(evaluate(story(), [...visit, ...fault(30_000, { lands: false }), ...late])).toMatchObject({
    standing: 'unknown',
    because: 'stuck by time-out, but kill did not land',
  });
  expect(evaluate(story(), [...visit, ...fault(30_000), gap, ...late]).standing).toBe('unknown');
});
