/**
 * Nothing is created while the control plane is gone (static stability).
 *
 * Between the landing of a fault and the beginning of its undo the workload falls short of replicas and does not become whole;
 * becoming whole is a definite miss. A workload that was never short was not exercised.
 */
import { formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { finding, unknown } from './finding.ts';
import { changesIn, subjectsHit } from './observed.ts';
import { type LandedPass, windowAfter, worstOfPasses } from './passes.ts';
import { degradedNeeds, type WorkloadAfter, whereOf } from './workload-after.ts';

/** `orders not replaced after stop-control-plane`: figure `replacedCount`. Throws an InputError for impossible arguments. */
export function notReplaced(options: WorkloadAfter): Objective {
  const { workload, site, after, name } = options;
  check('not-replaced')
    .only(options, ['workload', 'site', 'after', 'name'])
    .given({ workload, after })
    .text('workload', workload)
    .text('site', site)
    .text('after', after)
    .text('name', name)
    .done();
  return {
    family: 'not-replaced',
    name: name ?? `${workload} not replaced after ${after}`,
    expected: 'nothing created',
    needs: degradedNeeds(options),
    evaluate: (run) => worstOfPasses(run, after, 'replacedCount', (pass) => evaluatePass(run, pass, options)),
  };
}

function evaluatePass(run: FoldedRun, pass: LandedPass, options: WorkloadAfter): Finding {
  const after = windowAfter(run, pass);
  const window = { fromMs: after.fromMs, toMs: Math.min(after.toMs, pass.healingMs ?? after.toMs) };
  const subjects = subjectsHit(run, 'workload.degraded', whereOf(options), pass);
  const changes = changesIn(run, 'workload.degraded', subjects, window);
  const short = changes.find((change) => change.value === true);
  if (short === undefined)
    return unknown('not exercised', `${options.workload} was never short of a replica`, { window });
  const whole = changes.filter((change) => change.atMs > short.atMs && change.value === false);
  const details = { window, figures: { replacedCount: whole.length }, evidence: [short.n, ...whole.map(({ n }) => n)] };
  if (whole.length === 0) return finding('met', 'nothing created', details);
  const because = `whole again after ${formatDuration(whole[0]!.atMs - window.fromMs)}`;
  return finding('missed', 'replaced', { ...details, because, definite: true });
}
