/**
 * How long after a fault a workload was whole again.
 *
 * From the lower end of the landing to the end of the first time that the workload was short of replicas after it. A workload
 * that was never short was not exercised. Still short at the end: missed once the bound has passed.
 */
import { formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { unknown } from './finding.ts';
import { happenedAfter, neverHappened } from './in-time.ts';
import { changesIn, subjectsHit } from './observed.ts';
import { type LandedPass, windowAfter, worstOfPasses } from './passes.ts';
import { degradedNeeds, type WorkloadAfterInTime, whereOf } from './workload-after.ts';

/** `orders replaced after kill-pod`: figures `replacedMs`, `shortMs`. Throws an InputError for impossible arguments. */
export function replaced(options: WorkloadAfterInTime): Objective {
  const { workload, site, after, msMax, name } = options;
  check('replaced')
    .only(options, ['workload', 'site', 'after', 'msMax', 'name'])
    .given({ workload, after, msMax })
    .text('workload', workload)
    .text('site', site)
    .text('after', after)
    .ms('msMax', msMax)
    .text('name', name)
    .done();
  return {
    family: 'replaced',
    name: name ?? `${workload} replaced after ${after}`,
    expected: `≤ ${formatDuration(msMax)}`,
    needs: degradedNeeds(options),
    evaluate: (run) => worstOfPasses(run, after, 'replacedMs', (pass) => evaluatePass(run, pass, options)),
  };
}

function evaluatePass(run: FoldedRun, pass: LandedPass, options: WorkloadAfterInTime): Finding {
  const window = windowAfter(run, pass);
  const subjects = subjectsHit(run, 'workload.degraded', whereOf(options), pass);
  const changes = changesIn(run, 'workload.degraded', subjects, window);
  const short = changes.find((change) => change.value === true);
  if (short === undefined)
    return unknown('not exercised', `${options.workload} was never short of a replica`, { window });
  const whole = changes.find(
    (change) => change.atMs > short.atMs && change.value === false && change.subject === short.subject,
  );
  if (whole === undefined) return neverHappened(window, options.msMax, 'still short of replicas', [short.n]);
  return happenedAfter(window, whole.atMs, options.msMax, 'replacedMs', {
    because: `short of replicas for ${formatDuration(whole.atMs - short.atMs)}`,
    figures: { shortMs: whole.atMs - short.atMs },
    evidence: [short.n, whole.n],
  });
}
