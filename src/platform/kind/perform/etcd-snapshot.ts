/** Verbs on a site's whole etcd: take a snapshot, and go back to it. Both leave their files on the nodes, so that another process can go on. */
import { OperatingError } from '../../../base/errors.ts';
import type { Machine } from '../ground.ts';
import { snapshotPath } from '../snapshot-path.ts';
import { clusterOf, controlPlanes, inTurn, peerUrl } from './etcd-cluster.ts';
import { parseCluster, restoreScript, snapshotLookScript, snapshotScript, statusScript } from './etcd-scripts.ts';
import { isOff } from './unless-off.ts';
import { type Doing, type Job, targetOf } from './verb.ts';

/** Takes a snapshot on the first control plane that can, and puts a copy on every other one. */
export async function takeSnapshot(job: Job): Promise<Doing> {
  const { world, hands, eyes } = job;
  const machines = controlPlanes(world, targetOf(job.action, 'site').site);
  const look = () =>
    Promise.all(machines.map(({ container }) => eyes.run(container, snapshotLookScript).catch(() => '')));
  const before = await look();
  return {
    act: async () => {
      const from = await firstThatCan(machines, ({ container }) => hands.run(container, snapshotScript));
      const to = machines.filter((machine) => machine !== from);
      await Promise.allSettled(to.map(({ container }) => copySnapshot(job, from.container, container)));
    },
    probe: async () => {
      const now = await look();
      const fresh = now.find((text, i) => text.trim() !== '' && text !== before[i]);
      const revision = fresh === undefined ? undefined : /"revision":(\d+)/.exec(fresh)?.[1];
      return revision === undefined ? undefined : `snapshot at revision ${revision}, verified by its hash`;
    },
  };
}

async function firstThatCan(
  machines: readonly Machine[],
  work: (machine: Machine) => Promise<unknown>,
): Promise<Machine> {
  const failures: string[] = [];
  for (const machine of machines) {
    try {
      await work(machine);
      return machine;
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  throw new OperatingError(failures.join('; '));
}

/** By the engine's archives: files of megabytes do not belong in a command's output. */
async function copySnapshot({ world, hands }: Job, from: string, to: string): Promise<void> {
  const { docker } = world.engine;
  const folder = snapshotPath.slice(0, snapshotPath.lastIndexOf('/'));
  await hands.run(to, `mkdir -p ${folder}`);
  const archive = await docker.getContainer(from).getArchive({ path: snapshotPath });
  await docker.getContainer(to).putArchive(archive, { path: folder });
}

/** Stops every member, rebuilds its data from the snapshot as a new cluster, and lets them start. What was written since is lost. */
export async function restoreSnapshot(job: Job, site = targetOf(job.action, 'site').site): Promise<Doing> {
  const before = new Set(await clustersOf(job, site));
  return {
    act: () => inTurn(job.world, site, () => restoreAll(job, site)),
    probe: async () => {
      const now = await clustersOf(job, site);
      const [id] = now;
      const isNew = id !== undefined && now.every((cluster) => cluster === id) && !before.has(id);
      return isNew ? `new cluster ${id} with a leader, ${now.length} members in it` : undefined;
    },
  };
}

/** What each member of the site says it belongs to; undefined for one that says nothing. */
async function clustersOf(job: Job, site: string): Promise<readonly (string | undefined)[]> {
  const ask = async ({ container }: Machine) => parseCluster(await job.eyes.run(container, statusScript));
  return Promise.all(controlPlanes(job.world, site).map((machine) => ask(machine).catch(() => undefined)));
}

/** The work of {@link restoreSnapshot}, for whoever has the turn. */
export async function restoreAll(job: Job, site: string): Promise<void> {
  const machines = controlPlanes(job.world, site);
  for (const { container, node } of machines)
    if (await isOff(job.world, container))
      throw new OperatingError(`Node ${node} is off: all members are rebuilt together`);
  await spreadSnapshot(job, machines);
  const token = `ep-${Date.now().toString(36)}`;
  const cluster = clusterOf(machines);
  await Promise.all(
    machines.map((machine) =>
      job.hands.run(machine.container, restoreScript, [machine.container, peerUrl(machine), cluster, token]),
    ),
  );
}

/** All members must come from the same file: the first one's. */
async function spreadSnapshot(job: Job, machines: readonly Machine[]): Promise<void> {
  const found = await Promise.all(machines.map(({ container }) => job.eyes.run(container, snapshotLookScript)));
  const statuses = found.map((text) => text.slice(text.indexOf('{')).trim());
  const from = statuses.findIndex((status) => status.startsWith('{'));
  if (from < 0) throw new OperatingError('There is no snapshot on any control plane to restore from');
  const others = machines.filter((_, i) => statuses[i] !== statuses[from]);
  await Promise.all(others.map(({ container }) => copySnapshot(job, machines[from]!.container, container)));
}
