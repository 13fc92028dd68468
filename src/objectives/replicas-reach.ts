/**
 * How long after a fault or operation a workload had at least so many ready replicas.
 *
 * From the lower end of the landing, in every site that fits. Enough replicas all along count from 0.
 */

import type { Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { reachesIn } from './reaches.ts';
import { type WorkloadAfterInTime, whereOf } from './workload-after.ts';

/** `6 replicas of orders after scale-up`: figure `reachedMs`. Throws an InputError for impossible arguments. */
export function replicasReach(options: WorkloadAfterInTime & { readonly replicasMin: number }): Objective {
  const { workload, replicasMin } = options;
  check('replicas-reach')
    .only(options, ['workload', 'site', 'replicasMin', 'after', 'msMax', 'name'])
    .given({ workload, replicasMin })
    .text('workload', workload)
    .number('replicasMin', replicasMin, 1)
    .done();
  return reachesIn('replicas-reach', {
    ...options,
    fact: 'workload.ready',
    where: whereOf(options),
    min: replicasMin,
    name: options.name ?? `${replicasMin} replicas of ${workload} after ${options.after}`,
  });
}
