/** Verbs on processes, whoever they belong to: a component of Kubernetes on its node, or a database in its pod. */
import * as component from './components.ts';
import * as database from './databases.ts';
import { type Doing, type Job, limitsMs, type RealVerb, type VerbGroup } from './verb.ts';

type Begin = (job: Job) => Promise<Doing>;

const either = (onComponent: Begin, onDatabase: Begin, limitMs: number): RealVerb => ({
  limitMs,
  begin: (job) => (job.action.target.on === 'database' ? onDatabase(job) : onComponent(job)),
});

/** Verbs on processes. */
export const processVerbs: VerbGroup = {
  'process.kill': either(component.killComponent, database.killDatabase, limitsMs.signal),
  'process.hold': either(component.holdComponent, database.holdDatabase, limitsMs.api),
  'process.release': either(component.releaseComponent, database.releaseDatabase, limitsMs.api),
  'process.pause': either(component.pauseComponent, database.pauseDatabase, limitsMs.signal),
  'process.resume': either(component.resumeComponent, database.resumeDatabase, limitsMs.api),
};
