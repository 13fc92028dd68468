/** The way back in four steps: detect, decide, act, catch up. Told in words where facts allow; no step is guessed. */
import type { Ms } from '../base/clock.ts';
import { formatDuration } from '../base/format.ts';
import type { FactName, FactValue } from '../domain/fact.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import { words } from './finding.ts';
import { changesIn, subjectsHit, subjectsOf } from './observed.ts';
import type { LandedPass } from './passes.ts';

/** Facts by which the platform shows that it noticed something, and the value that does: a member that merely falls silent was noticed by nobody. */
const noticing: readonly (readonly [FactName, (value: FactValue) => boolean])[] = [
  ['etcd.leader', (value) => value !== null],
  ['controller.leader', (value) => value !== null],
  ['scheduler.leader', (value) => value !== null],
  ['node.ready', (value) => value === false],
  ['workload.degraded', (value) => value === true],
  ['site.reachable', (value) => value === false],
  ['breaker.state', (value) => value !== null],
];

/** `detected 0.4 s (node.ready), decided 1.2 s (story: shift), acted 2.1 s, caught up 3 s`; every time counts from the lower end of the landing. Empty when nothing was noticed before the SLI was back. */
export function splitOf(run: FoldedRun, pass: LandedPass, backMs: Ms): string {
  const fromMs = pass.landed.fromMs;
  const span = { fromMs, toMs: backMs };
  const since = (ms: Ms) => formatDuration(ms - fromMs);
  const noticed = noticing
    .flatMap(([fact, fits]) =>
      changesIn(run, fact, subjectsHit(run, fact, {}, pass), span)
        .filter((change) => fits(change.value))
        .map((change) => ({ fact, ...change })),
    )
    .sort((a, b) => a.atMs - b.atMs)[0];
  const deed = run.faults.find(
    (other) => other.purpose === 'operation' && other.injectedMs >= fromMs && other.injectedMs <= backMs,
  );
  if (noticed === undefined && deed === undefined) return '';
  const steps = [
    noticed === undefined ? undefined : `detected ${since(noticed.atMs)} (${noticed.fact})`,
    deed === undefined ? 'decided by the platform' : `decided ${since(deed.injectedMs)} (story: ${deed.fault})`,
    deed?.landed === undefined ? undefined : `acted ${since(deed.landed.toMs)}`,
    caughtUp(run, fromMs, since),
  ];
  return words(steps.filter((step) => step !== undefined).join(', '));
}

function caughtUp(run: FoldedRun, fromMs: Ms, since: (ms: Ms) => string): string | undefined {
  const after = { fromMs, toMs: run.endMs };
  const changes = changesIn(run, 'replication.caught-up', subjectsOf(run, 'replication.caught-up', {}), after);
  if (!changes.some((change) => change.value === false)) return undefined;
  const last = changes.findLast((change) => change.value === true);
  return last === undefined ? 'data not caught up' : `data caught up ${since(last.atMs)}`;
}
