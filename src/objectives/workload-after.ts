/** A workload after a fault or operation, as several families take it. */
import type { Ms } from '../base/clock.ts';
import type { Subject } from '../domain/fact.ts';
import type { Objective } from '../domain/objective.ts';
import { aboutOf } from './about.ts';

/** Which workload, after what. */
export interface WorkloadAfter {
  readonly workload: string;
  /** Absent: the sites that the fault or operation was aimed at. */
  readonly site?: string;
  /** A fault or operation of the scenario. */
  readonly after: string;
  /** In place of the family's own name for it. */
  readonly name?: string;
}

/** The same with a bound on the time from the landing. */
export interface WorkloadAfterInTime extends WorkloadAfter {
  readonly msMax: Ms;
}

/** The subject as far as it is given. */
export function whereOf({ workload, site }: Pick<WorkloadAfter, 'workload' | 'site'>): Subject {
  return site === undefined ? { workload } : { workload, site };
}

/** Whose observers matter: those of the given site, or whichever the faults say. */
export function sitesOfNeeds(site: string | undefined): Pick<Objective['needs'], 'sites'> {
  return site === undefined ? {} : { sites: [site] };
}

/** What an objective needs that asks how a workload fell short of replicas after a fault. */
export function degradedNeeds(of: WorkloadAfter): Objective['needs'] {
  const observed = { faults: [of.after], slis: ['workloads'], facts: ['workload.degraded'] } as const;
  return { ...observed, ...sitesOfNeeds(of.site), ...aboutOf(of) };
}
