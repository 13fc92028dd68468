/** A record as tests want it: whole, with what matters overridden. Apart because every report is tested on one. */
import type { Verdict } from '../../src/domain/objective.ts';
import type { RunRecord } from '../../src/domain/record.ts';

/** A met verdict, overridden. */
export function literalVerdict(over: Partial<Verdict> = {}): Verdict {
  return {
    objective: 'recovery of api.write',
    family: 'recovery',
    expected: '≤ 15 s',
    received: '2.1 s',
    because: 'failing 5:00.0 to 5:02.1, then steady for 10 s',
    standing: 'met',
    window: { fromMs: 300_000, toMs: 312_100 },
    figures: { recoveryMs: 2_100 },
    evidence: [4, 7],
    ...over,
  };
}

const sha256 = 'a'.repeat(64);

/** A record of a met run with one verdict, overridden. */
export function literalRecord(over: Partial<RunRecord> = {}): RunRecord {
  return {
    format: 'elevenproof-record/1',
    runId: '2026-11-11T00-00-00Z-leader-7f3a',
    scenario: { name: 'leader', title: 'The leader dies', proves: 'It survives', sha256 },
    platform: { name: 'simulated', versions: { kubernetes: '1.34' } },
    seed: '7f3a',
    scale: 1,
    topology: {
      name: 'dual-site',
      path: 'clusters/dual-site',
      sha256,
      files: [{ path: 'topology.yaml', sha256 }],
      sets: [],
      assumed: [],
      notModelled: [],
      kubernetes: { east: '1.34' },
    },
    options: { faultsInjected: true, duds: [] },
    times: { startedAt: '2026-11-11T00:00:00.000Z', wallMs: 400, platformMs: 552_000 },
    host: { node: '20.20.2', os: 'linux', cpus: 2, memoryMiB: 8_192 },
    version: '0.1.0',
    how: 'complete',
    standing: 'met',
    verdicts: [literalVerdict()],
    unreverted: [],
    story: { visited: ['peak'], neverVisited: [], transitionsNeverTaken: [] },
    errorBudgets: { orders: { successRatioMin: 0.99, burnRate: 0.5, shareOfBudgetRatio: 0.0002 } },
    timeline: { events: 12, sha256 },
    exitCode: 0,
    repeat: 'elevenproof run leader --seed 7f3a',
    ...over,
  };
}
