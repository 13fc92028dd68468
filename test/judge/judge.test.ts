import { expect, test } from 'vitest';
import type { FactName } from '../../src/domain/fact.ts';
import type { FoldedRun } from '../../src/domain/folded-run.ts';
import type { Objective, Standing } from '../../src/domain/objective.ts';
import { judge } from '../../src/judge/judge.ts';
import { availability } from '../../src/objectives/availability.ts';
import { finding } from '../../src/objectives/finding.ts';
import { noLostOrders } from '../../src/objectives/no-lost-orders.ts';
import { recovery } from '../../src/objectives/recovery.ts';
import { takeover } from '../../src/objectives/takeover.ts';
import {
  type At,
  ending,
  fact,
  fault,
  numbered,
  outage,
  started,
  timeline,
  told,
  traffic,
} from '../objectives/timeline.ts';

const story = [...told([10_000, 'peak'], [30_000, 'broken']), ...ending(60_000, 'whole', 'expected', 'broken')];
const fine = [...story, traffic(0, 120_000), ...fault(30_000)];
const available = availability({ of: 'orders', ratioMin: 1 });
const back = recovery({ of: 'orders', after: 'kill', msMax: 15_000 });

/** An objective that always finds the same. */
function fixed(standing: Standing, needs: Partial<Objective['needs']> = {}, details = {}): Objective {
  const window = { fromMs: 20_000, toMs: 40_000 };
  return {
    family: 'fixed',
    name: 'fixed',
    expected: '',
    needs: { faults: [], slis: [], ...needs },
    evaluate: () => finding(standing, 'it', { window, ...details }),
  };
}

function second(entries: readonly At[], objective: Objective, options?: Parameters<typeof timeline>[1]) {
  return judge(timeline(entries, options), { objectives: [objective] }).verdicts[1]!;
}

test('the story is judged first and all met is exit 0', () => {
  const judged = judge(timeline(fine), { objectives: [available, back] });
  expect(judged.verdicts.map(({ objective }) => objective)).toEqual([
    'story',
    'availability of orders',
    'recovery of orders',
  ]);
  expect(judged).toMatchObject({ standing: 'met', exitCode: 0 });
});

test('one missed objective makes the run missed even beside an unknown one', () => {
  const judged = judge(timeline(fine), { objectives: [fixed('missed'), fixed('unknown')] });
  expect(judged).toMatchObject({ standing: 'missed', exitCode: 1 });
  expect(judge(timeline(fine), { objectives: [fixed('unknown')] })).toMatchObject({ standing: 'unknown', exitCode: 3 });
});

test('an objective that throws is unknown with its reason and costs no other verdict', () => {
  const broken = {
    ...fixed('met'),
    evaluate: () => {
      throw new Error('no such thing');
    },
  };
  const { verdicts } = judge(timeline(fine), { objectives: [broken, available] });
  expect(verdicts[1]).toMatchObject({ standing: 'unknown', because: 'the objective failed: no such thing' });
  expect(verdicts[2]!.standing).toBe('met');
});

test('a fault that did not land leaves what depends on it unknown and nothing else', () => {
  const dud = [...story, traffic(0, 120_000), ...fault(30_000, { lands: false })];
  const judged = judge(timeline(dud), { objectives: [back, available] });
  expect(judged.verdicts.map(({ standing }) => standing)).toEqual(['met', 'unknown', 'met']);
  expect(judged.verdicts[1]!.because).toBe('kill did not land: process 812 still runs');
});

test('what was missed after an operation that did not land is unknown; before it, or after damage that did not, missed', () => {
  const idle = (atMs: number, purpose: 'operation' | 'damage') => [
    ...fine,
    ...fault(atMs, { name: 'promote', lands: false, purpose }),
  ];
  const missed = fixed('missed');
  expect(second(idle(30_000, 'operation'), missed)).toMatchObject({
    standing: 'unknown',
    because: 'promote did not land, and with it the story was not played as written',
  });
  expect(second(idle(50_000, 'operation'), missed).standing).toBe('missed');
  expect(second(idle(30_000, 'damage'), missed).standing).toBe('missed');
  expect(second(idle(30_000, 'operation'), fixed('missed', {}, { definite: true })).standing).toBe('missed');
  expect(second(idle(30_000, 'operation'), fixed('met')).standing).toBe('met');
});

test('without faults their objectives are unknown and say so', () => {
  const skipped = [traffic(0, 120_000), ...fault(30_000, { skipped: true })];
  expect(second(skipped, back, { start: { faultsInjected: false } })).toMatchObject({
    standing: 'unknown',
    because: 'kill was not injected: faults were switched off',
  });
});

test('a fault that the story never reached was not injected', () => {
  expect(second([traffic(0, 120_000)], back).because).toBe('kill was not injected: the story did not get there');
});

test('one pass of a cycle that did not land leaves the objective unknown', () => {
  const passes = [traffic(0, 120_000), ...fault(30_000), ...fault(60_000, { pass: 2, lands: false })];
  expect(second(passes, back).received).toBe('did not land');
});

test('a field that is not modelled makes unknown what it could change, met or missed, and names it', () => {
  const start = { notModelled: [{ field: 'NetworkPolicy', couldChange: ['orders'] }] };
  expect(second(fine, fixed('met', { slis: ['orders'] }), { start }).because).toBe(
    'NetworkPolicy is not modelled and could change it',
  );
  expect(second(fine, fixed('missed', { slis: ['orders'] }), { start }).standing).toBe('unknown');
  expect(second(fine, fixed('met', { slis: ['workloads'] }), { start }).standing).toBe('unknown');
  expect(second(fine, fixed('met', { slis: ['api.write'] }), { start }).standing).toBe('met');
  expect(second(fine, fixed('met'), { start: { notModelled: [{ field: 'X', couldChange: ['*'] }] } }).standing).toBe(
    'unknown',
  );
});

test('a timeline that breaks off leaves met objectives unknown and missed ones missed', () => {
  const torn = { torn: true };
  expect(second(fine, fixed('met'), torn)).toMatchObject({ standing: 'unknown', because: 'the timeline was torn off' });
  expect(second(fine, fixed('missed'), torn).standing).toBe('missed');
  const open = {
    ...fixed('missed'),
    evaluate: (run: FoldedRun) => ({ ...fixed('missed').evaluate(run), open: true as const }),
  };
  expect(second(fine, open, torn)).toMatchObject({ standing: 'unknown', because: 'the timeline was torn off' });
  expect(second(fine, open).standing, 'the same of a whole run').toBe('missed');
  expect(judge(timeline(fine, torn), { objectives: [fixed('met')] }).exitCode).toBe(3);
});

test('an aborted run exits 4 and its met objectives are unknown', () => {
  const events = numbered([[0, started], ...fine, [61_000, { type: 'run.ended', how: 'aborted' }]]);
  const judged = judge(events, { objectives: [fixed('met')] });
  expect(judged.exitCode).toBe(4);
  expect(judged.verdicts[1]!.because).toBe('the run was aborted');
});

test('what is left unreverted exits 5 before anything else', () => {
  const left: At = [100_000, { type: 'fault.unreverted', fault: 'kill', pass: 1, missing: ['etcd.whole of east'] }];
  expect(judge(timeline([...fine, left]), { objectives: [fixed('missed')] }).exitCode).toBe(5);
});

test('a timeline without a beginning gives unknowns instead of an error', () => {
  expect(judge([], { objectives: [available] })).toMatchObject({ standing: 'unknown', exitCode: 3, run: undefined });
});

const gap = (facts: readonly (FactName | '*')[], fromMs: number, toMs: number, site?: string): At => [
  toMs,
  { type: 'gap', observer: 'informers', facts, fromMs, toMs, ...(site === undefined ? {} : { site }) },
];

test('a gap inside the window of an observer that the finding rests on makes it unknown', () => {
  const rests = { facts: ['node.ready' as const] };
  expect(second([...fine, gap(['node.ready'], 39_000, 41_000)], fixed('met', rests)).because).toBe(
    'informers had a gap from 0:39.0 to 0:41.0',
  );
  expect(second([...fine, gap(['*'], 39_000, 41_000)], fixed('missed', rests)).standing).toBe('unknown');
  expect(second([...fine, gap(['node.ready'], 40_000, 41_000)], fixed('met', rests)).standing).toBe('met');
  expect(second([...fine, gap(['pod.ready'], 39_000, 41_000)], fixed('met', rests)).standing).toBe('met');
});

test('a gap in a site that the objective is not about does not matter', () => {
  const rests = { facts: ['node.ready' as const], sites: ['west'] };
  expect(second([...fine, gap(['node.ready'], 30_000, 35_000, 'east')], fixed('met', rests)).standing).toBe('met');
  expect(second([...fine, gap(['node.ready'], 30_000, 35_000, 'west')], fixed('met', rests)).standing).toBe('unknown');
  const byFault = { facts: ['node.ready' as const], faults: ['kill'] };
  expect(second([...fine, gap(['node.ready'], 30_000, 35_000, 'west')], fixed('met', byFault)).standing).toBe('met');
});

test('a definite miss stands whatever was not seen', () => {
  const rests = { facts: ['node.ready' as const] };
  expect(second([...fine, gap(['*'], 0, 120_000)], fixed('missed', rests, { definite: true })).standing).toBe('missed');
});

test('a takeover seen late but in time is met, one whose bound fell into the gap is unknown', () => {
  const asked = takeover({ of: 'controller-manager', after: 'kill', msMax: 20_000 });
  const leader = (atMs: number, node: string): At => [atMs, fact('controller.leader', { site: 'east' }, node)];
  const seen = (toMs: number) => [
    leader(0, 'a'),
    ...fine,
    gap(['controller.leader'], 31_000, toMs, 'east'),
    leader(toMs, 'b'),
  ];
  expect(second(seen(49_000), asked).standing).toBe('met');
  expect(second(seen(55_000), asked).standing).toBe('unknown');
  expect(
    second([leader(0, 'a'), ...fine, gap(['controller.leader'], 31_000, 45_000, 'east'), leader(55_000, 'b')], asked)
      .standing,
  ).toBe('missed');
});

const planned: At = [
  5_000,
  {
    type: 'load.planned',
    service: 'orders',
    channels: {
      app: {
        rateRpsBase: 100,
        rateRpsPeak: 100,
        planned: [
          [0, 100],
          [110_000, 100],
        ],
      },
    },
  },
];

test('under less load than planned nothing is met, and what is missed stays missed', () => {
  const thin = [...story, planned, traffic(10_000, 120_000, { asked: 10_000, ok: 10_000 })];
  expect(second(thin, available)).toMatchObject({ standing: 'unknown' });
  expect(second(thin, available).because).toMatch(/^load not reached: app asked 10,000 of 11,000 planned/);
  expect(second([...story, planned, outage(10_000, 120_000, { asked: 10_000 })], available).standing).toBe('missed');
  expect(second([...story, planned, traffic(10_000, 120_000)], available).standing).toBe('met');
});

test('an objective on data alone does not ask for the load', () => {
  expect(second([planned], noLostOrders()).received).toBe('not audited');
});

test('a story that waits for an SLI which an unmodelled field could change is unknown', () => {
  const definition = {
    initial: 'peak',
    states: {
      peak: {
        when: [{ conditions: [{ fact: 'sli.healthy' as const, subject: { service: 'orders' } }], target: 'whole' }],
      },
    },
  };
  const start = { notModelled: [{ field: 'NetworkPolicy', couldChange: ['orders'] }] };
  expect(judge(timeline(fine, { start }), { objectives: [], story: definition }).verdicts[0]!.standing).toBe('unknown');
  expect(judge(timeline(fine, { start }), { objectives: [] }).verdicts[0]!.standing).toBe('met');
});

test('a gap doubts a time-out only where it could hide what the story waited for', () => {
  const awaits = (site: string) => ({
    initial: 'broken',
    states: {
      broken: {
        when: [{ conditions: [{ fact: 'node.ready' as const, subject: { site, node: 'n' } }], target: 'whole' }],
      },
    },
  });
  const stuck = [
    ...told([10_000, 'peak'], [30_000, 'broken']),
    ...ending(60_000, 'stuck', 'failed', 'broken', 'after'),
  ];
  const verdict = (hole: At, site = 'east') =>
    judge(timeline([...stuck, hole]), { objectives: [], story: awaits(site) }).verdicts[0]!.standing;
  expect(verdict(gap(['node.ready'], 40_000, 41_000, 'east'))).toBe('unknown');
  expect(verdict(gap(['*'], 40_000, 41_000))).toBe('unknown');
  expect(verdict(gap(['node.ready'], 40_000, 41_000, 'east'), 'west')).toBe('missed');
  expect(verdict(gap(['pod.ready'], 40_000, 41_000, 'east'))).toBe('missed');
  expect(verdict(gap(['node.ready'], 20_000, 29_000, 'east'))).toBe('missed');
});
