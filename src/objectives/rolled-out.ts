/**
 * How long after a fault or operation the newest revision of a workload was complete.
 *
 * From the lower end of the landing to the first moment after it at which the roll-out becomes complete, in every site that fits.
 */

import type { Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { reachesIn } from './reaches.ts';
import { type WorkloadAfterInTime, whereOf } from './workload-after.ts';

/** `orders rolled out after release`: figure `reachedMs`. Throws an InputError for impossible arguments. */
export function rolledOut(options: WorkloadAfterInTime): Objective {
  check('rolled-out')
    .only(options, ['workload', 'site', 'after', 'msMax', 'name'])
    .given({ workload: options.workload })
    .text('workload', options.workload)
    .done();
  return reachesIn('rolled-out', {
    ...options,
    fact: 'workload.rolled-out',
    where: whereOf(options),
    anew: true,
    name: options.name ?? `${options.workload} rolled out after ${options.after}`,
  });
}
