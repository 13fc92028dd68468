/** Which names of topology, load and story an objective goes by. Apart so that a misspelt one is refused before the run, in every family alike: nothing could ever be found under it. */
import type { Subject } from '../domain/fact.ts';
import type { Objective } from '../domain/objective.ts';

/** Options of a family that name something; those that a family has not got are absent. */
export interface Naming {
  readonly site?: string | undefined;
  readonly workload?: string | undefined;
  readonly channel?: string | undefined;
  readonly replication?: string | undefined;
  readonly where?: Subject | undefined;
  readonly during?: string | readonly string[] | undefined;
}

/** The part of `needs` that says so. */
export function aboutOf(naming: Naming): Pick<Objective['needs'], 'about' | 'states'> {
  const { site, workload, channel, replication, where, during } = naming;
  const named = { site, workload, channel, replication, ...where };
  const about = Object.fromEntries(Object.entries(named).filter(([, name]) => name !== undefined)) as Subject;
  const states = during === undefined ? [] : [during].flat();
  return { about: [about], ...(states.length > 0 && { states }) };
}
