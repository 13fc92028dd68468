/** Verbs on what lies between and in front of the sites: traffic, databases, replication. Given to the pieces themselves, proven by what those are asked afterwards. */
import type { Action } from '../../../domain/action.ts';
import { type Doing, type Job, limitsMs, type RealVerb, targetOf, type VerbGroup } from './verb.ts';

const verb = (begin: (job: Job) => Doing | Promise<Doing>, limitMs: number = limitsMs.api): RealVerb => ({
  limitMs,
  begin: async (job) => begin(job),
});

/** Shares that sum to 1, and their names in order, so that any scale compares. */
export function sharesOf(weights: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const sum = Object.values(weights).reduce((all, weight) => all + weight, 0);
  const named = Object.entries(weights).filter(([, weight]) => weight > 0);
  return new Map(named.sort().map(([site, weight]) => [site, sum === 0 ? 0 : weight / sum]));
}

/** Load balancers count in whole steps of 1/256. */
const shareError = 0.005;

/** The same shares, to within what a load balancer can express. */
export function isSameShare(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const [left, right] = [sharesOf(a), sharesOf(b)];
  const sites = [...new Set([...left.keys(), ...right.keys()])];
  return sites.every((site) => Math.abs((left.get(site) ?? 0) - (right.get(site) ?? 0)) <= shareError);
}

function wantedOf({ args }: Action): Readonly<Record<string, number>> {
  const { weights } = args;
  if (typeof weights !== 'object') throw new RangeError('Expected `weights` to give each site a number');
  return weights;
}

const show = (weights: Readonly<Record<string, number>>) =>
  [...sharesOf(weights)].map(([site, share]) => `${site} ${Math.round(share * 100)} %`).join(', ');

const database = (begin: (job: Job, site: string, workload: string) => Doing) =>
  verb((job) => {
    const { site, workload } = targetOf(job.action, 'database');
    return begin(job, site, workload);
  });

const replication = (begin: (job: Job, name: string) => Doing | Promise<Doing>) =>
  verb((job) => begin(job, targetOf(job.action, 'replication').name));

/** Verbs on what lies between the sites. */
export const betweenSitesVerbs: VerbGroup = {
  'traffic.shift': verb(({ action, between }) => ({
    act: () => between.setWeights(wantedOf(action)),
    probe: async () => {
      const now = await between.weights();
      return isSameShare(now, wantedOf(action)) ? `weights ${show(now)}` : undefined;
    },
  })),
  'traffic.restore': verb(({ between }) => ({
    act: () => between.restoreWeights(),
    probe: async () => ((await between.weightsShifted()) ? undefined : `weights ${show(await between.weights())}`),
  })),
  'database.promote': database(({ between }, site, workload) => ({
    act: () => between.promote(site, workload),
    probe: async () => ((await between.isPrimary(site, workload)) ? 'no standby any more' : undefined),
  })),
  'database.fence': database(({ between }, site, workload) => ({
    act: () => between.fence(site, workload),
    probe: async () => ((await between.isWritable(site, workload)) ? undefined : 'a test row was refused'),
  })),
  'database.unfence': database(({ between }, site, workload) => ({
    act: () => between.unfence(site, workload),
    probe: async () => ((await between.isWritable(site, workload)) ? 'a test row was taken' : undefined),
  })),
  'replication.stall': replication(({ between }, name) => ({
    act: () => between.stallReplication(name),
    probe: async () => ((await between.replicationState(name)).applying ? undefined : 'apply worker stopped'),
  })),
  'replication.resume': replication(({ between }, name) => ({
    act: () => between.resumeReplication(name),
    probe: async () => ((await between.replicationState(name)).applying ? 'apply worker runs' : undefined),
  })),
  'replication.sync': replication(async ({ between }, name) => {
    const { batches } = await between.replicationState(name);
    return {
      act: () => between.syncReplication(name),
      probe: async () =>
        (await between.replicationState(name)).batches > batches ? `batch ${batches + 1} complete` : undefined,
    };
  }),
};
