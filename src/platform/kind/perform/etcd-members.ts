/** Verbs on one member of etcd: lose its data, leave the cluster, come back as a learner. */
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatingError } from '../../../base/errors.ts';
import { look, releaseScript } from './components.ts';
import {
  clusterOf,
  controlPlanes,
  dataOf,
  inTurn,
  isMajorityLost,
  membersBy,
  othersOf,
  peerUrl,
} from './etcd-cluster.ts';
import { addScript, type EtcdMember, joinScript, promoteScript, removeScript, wipeScript } from './etcd-scripts.ts';
import { restoreAll } from './etcd-snapshot.ts';
import { createNodeShells } from './node-shells.ts';
import { nameProcesses } from './process-table.ts';
import { type Doing, type Job, machine, targetOf } from './verb.ts';

/** ms between two tries of what the cluster refuses for now; etcdctl's own patience comes on top. */
const againAfterMs = 1_000;
/** A learner that has not caught up by then will not, ms. */
const promoteMsMax = 600_000;

function placeOf(job: Job) {
  const { component, site, node } = targetOf(job.action, 'component');
  if (component !== 'etcd') throw new OperatingError(`Only etcd has members, not ${component}`);
  return { site, node, host: machine(job.world, node) };
}

/** The member as the others know it; undefined when they know none. */
async function memberBy(job: Job): Promise<EtcdMember | undefined> {
  const { host, site, node } = placeOf(job);
  const all = await membersBy(job, host, othersOf(job.world, { site, node }));
  return all.find((member) => member.peerUrl === peerUrl(host));
}

async function untilPassed<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw error;
    }
    await sleep(againAfterMs);
  }
}

/** Stops it, keeps it stopped, deletes its data. */
export async function wipeMember(job: Job): Promise<Doing> {
  const { host, node } = placeOf(job);
  const [{ processes }] = await Promise.all([look(job), job.hands.open([host.container])]);
  if (processes.length === 0) throw new OperatingError(`No etcd runs on ${node}`);
  return {
    act: () => job.hands.run(host.container, wipeScript).then(() => {}),
    probe: async () => {
      const now = await look(job);
      if (now.processes.length > 0 || (await dataOf(job, host)).data) return undefined;
      return `${nameProcesses(processes)} gone, ${now.refused ? 'port refused, ' : ''}no data`;
    },
  };
}

/** Takes it out of the cluster by way of the others. */
export async function removeMember(job: Job): Promise<Doing> {
  const { host, site, node } = placeOf(job);
  const others = othersOf(job.world, { site, node });
  return {
    act: () =>
      inTurn(job.world, site, async () => {
        const member = await untilPassed(job.signal, () => memberBy(job));
        if (member === undefined) return;
        await untilPassed(job.signal, () => job.hands.run(host.container, removeScript, [others, member.id]));
      }),
    probe: async () => ((await memberBy(job)) === undefined ? 'no longer in the member list' : undefined),
  };
}

/** A newcomer in its place; it is promoted, later, once it has caught up. */
export async function addLearner(job: Job): Promise<Doing> {
  const { site } = placeOf(job);
  const before = await memberBy(job);
  return {
    act: async () => {
      await untilGone(job, before);
      await inTurn(job.world, site, () => join(job));
      void promoteLater(job);
    },
    probe: async () => {
      const now = await memberBy(job);
      return now === undefined || now.id === before?.id ? undefined : `in the member list as ${now.id}`;
    },
  };
}

/** Another action may be about to remove it. */
async function untilGone(job: Job, before: EtcdMember | undefined): Promise<void> {
  for (let tries = 20; before !== undefined && (await memberBy(job))?.id === before.id; tries--) {
    if (tries === 0) throw new OperatingError(`${placeOf(job).node} is a member already: remove it first`);
    await sleep(againAfterMs);
  }
}

/** Adds it, deletes what data it has, and lets it start as a newcomer. */
async function join(job: Job): Promise<void> {
  const { host, site, node } = placeOf(job);
  const others = othersOf(job.world, { site, node });
  const run = (script: string, args: readonly string[] = []) => job.hands.run(host.container, script, args);
  await run(wipeScript);
  await untilPassed(job.signal, () => run(addScript, [others, host.container, peerUrl(host)]));
  await run(joinScript, [clusterOf(await partners(job))]);
}

/** The machines of all members that the cluster knows, this one included. */
async function partners(job: Job) {
  const { host, site, node } = placeOf(job);
  const members = await membersBy(job, host, othersOf(job.world, { site, node }));
  return controlPlanes(job.world, site).filter((each) => members.some((member) => member.peerUrl === peerUrl(each)));
}

/** After the action is over, and with it its shells. */
async function promoteLater(job: Job): Promise<void> {
  const shells = createNodeShells(job.world.engine);
  await promote(
    { ...job, hands: shells, eyes: shells },
    AbortSignal.any([job.stopped, AbortSignal.timeout(promoteMsMax)]),
  )
    .catch(() => {})
    .finally(shells.close);
}

/** Tries until it is no learner, or no member, any more. */
async function promote(job: Job, signal: AbortSignal): Promise<void> {
  const { host, site, node } = placeOf(job);
  const others = othersOf(job.world, { site, node });
  while (!signal.aborted) {
    const member = await memberBy(job).catch(() => 'unknown' as const);
    if (member === undefined || (member !== 'unknown' && !member.learner)) return;
    if (member !== 'unknown')
      await job.hands.run(host.container, promoteScript, [others, member.id]).catch(() => undefined);
    await sleep(againAfterMs);
  }
}

/** Gives a member without data its data back: from the others, or, where a majority lost theirs, all of them from the last snapshot. One that has its data is left alone, but promoted if that was left undone. */
export async function rebuildMember(job: Job): Promise<Doing> {
  const { host, site, node } = placeOf(job);
  const work = async () => {
    const { data, held } = await dataOf(job, host);
    if (data && held) await job.hands.run(host.container, releaseScript('etcd'));
    if (data) return;
    if (await isMajorityLost(job, site)) return restoreAll(job, site);
    const known = await untilPassed(job.signal, () => memberBy(job));
    const others = othersOf(job.world, { site, node });
    if (known !== undefined)
      await untilPassed(job.signal, () => job.hands.run(host.container, removeScript, [others, known.id]));
    await join(job);
  };
  return {
    act: async () => {
      await inTurn(job.world, site, work);
      if (controlPlanes(job.world, site).length > 1) await promote(job, job.signal);
    },
    probe: async () => {
      const now = await look(job);
      if (now.held || now.processes.length === 0 || !(await dataOf(job, host)).data) return undefined;
      return `${nameProcesses(now.processes)} runs and has data`;
    },
  };
}
