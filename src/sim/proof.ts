/** Looks at a world from outside after an act, as the probes of a real platform do: process table, port, raft status, rule counter. Apart from what acts, whose own word is no proof. */
import type { Action, ResolvedTarget } from '../domain/action.ts';
import { nodesOf, podOf } from './perform.ts';
import type { World } from './world.ts';

/** Says in words that the act is visible, or undefined while it is not. */
export type Probe = () => string | undefined;

type Of<K extends ResolvedTarget['on']> = Extract<ResolvedTarget, { on: K }>;

/** A probe for the action, made before the act so that it knows what was there. */
export function probeFor(world: World, action: Action): Probe {
  const { target } = action;
  switch (target.on) {
    case 'component':
      return componentProbe(world, action, target);
    case 'pod':
    case 'database':
      return podProbe(world, action, target);
    case 'node':
    case 'site':
      return nodeProbe(world, action, target);
    case 'link':
    case 'node-link':
      return linkProbe(world, action, target);
    case 'workload':
      return workloadProbe(world, action, target);
    case 'global-load-balancer':
      return weightsProbe(world, action);
    case 'replication':
      return replicationProbe(world, action, target);
  }
}

function componentProbe(world: World, action: Action, target: Of<'component'>): Probe {
  const { machines, etcd } = world;
  const { node, component } = target;
  const before = machines.identity(node, component);
  const state = () => machines.process(node, component);
  if (component !== 'etcd' && /^(?:etcd|disk)\./.test(action.verb)) return () => undefined;
  switch (action.verb) {
    case 'process.kill':
    case 'process.hold':
    case 'etcd.wipe':
      return () => {
        const now = machines.identity(node, component);
        if (before === undefined) return undefined;
        if (now === undefined) return `process ${before.pid} gone, port refused`;
        return now.pid === before.pid ? undefined : `process ${before.pid} gone, ${now.pid} in its place`;
      };
    case 'process.pause':
      return () =>
        state() === 'paused' && before !== undefined ? `process ${before.pid} stopped, port silent` : undefined;
    case 'process.release':
      return () => (state() === 'held' ? undefined : 'its supervisor may start it');
    case 'process.resume':
      return () => (state() === 'paused' ? undefined : 'process runs');
    case 'disk.stall':
      return () => (etcd.fsyncMs(node) >= fsync(action) ? `fsync takes ${etcd.fsyncMs(node)} ms` : undefined);
    case 'disk.restore':
      return () => (etcd.fsyncMs(node) < 100 ? `fsync takes ${etcd.fsyncMs(node)} ms` : undefined);
    case 'etcd.rebuild':
      return () => (machines.process(node, component) === 'down' ? undefined : 'member starts');
    case 'etcd.remove':
      return () => (etcd.members(siteOf(world, node)).includes(node) ? undefined : 'no longer in the member list');
    case 'etcd.add-learner':
      return () => (etcd.members(siteOf(world, node)).includes(node) ? 'in the member list' : undefined);
    default:
      return () => undefined;
  }
}

const fsync = (action: Action) => (typeof action.args.fsyncMs === 'number' ? action.args.fsyncMs : 10_000);

function siteOf(world: World, node: string): string {
  return world.sites.find((site) => site.nodes.some((candidate) => candidate.name === node))?.name ?? '';
}

function podProbe(world: World, action: Action, target: Of<'pod'> | Of<'database'>): Probe {
  const pod = podOf(world, target);
  const restarts = pod?.restarts ?? 0;
  const again = () => {
    const now = podOf(world, target);
    return now !== undefined && now.uid === pod?.uid ? now : undefined;
  };
  switch (action.verb) {
    case 'process.kill':
    case 'process.hold':
    case 'pod.kill':
      return () => {
        const now = again();
        if (pod === undefined) return undefined;
        if (now === undefined) return 'pod gone';
        return now.restarts > restarts || now.truth === 'refusing' ? 'main process gone, port refused' : undefined;
      };
    case 'pod.delete':
      return () =>
        pod === undefined
          ? undefined
          : again() === undefined
            ? 'pod gone'
            : again()?.deletedMs === undefined
              ? undefined
              : 'deletion stamped on the pod';
    case 'process.pause':
    case 'pod.hang':
      return () => (again()?.truth === 'silent' ? 'main process stopped, port silent' : undefined);
    case 'pod.slow':
      return () => ((again()?.slowFactor ?? 1) === 1 ? undefined : `${again()?.slowFactor} × its service time`);
    case 'database.promote':
      return () =>
        target.on === 'database' && world.replication.primary(target.site, target.workload)
          ? 'not in recovery'
          : undefined;
    case 'database.fence':
      return () =>
        target.on === 'database' && !world.replication.writable(target.site, target.workload)
          ? 'a test row was refused'
          : undefined;
    case 'pod.unslow':
      return () => ((again()?.slowFactor ?? 1) === 1 ? 'its own service time' : undefined);
    default:
      return () => 'released';
  }
}

function nodeProbe(world: World, action: Action, target: Of<'node'> | Of<'site'>): Probe {
  const nodes = nodesOf(world, target);
  const all = (test: (node: string) => boolean, says: string): Probe => {
    return () => (nodes.length > 0 && nodes.every(test) ? says : undefined);
  };
  const site = target.site;
  switch (action.verb) {
    case 'node.kill':
      return all((node) => world.machines.power(node) === 'off', `${count(nodes)} off, no answer to ping`);
    case 'node.pause':
      return all((node) => world.machines.power(node) === 'frozen', `${count(nodes)} frozen`);
    case 'node.start':
    case 'node.resume':
      return all((node) => world.machines.power(node) === 'on', `${count(nodes)} on`);
    case 'node.cordon':
    case 'node.drain':
      return all((node) => world.nodes.get(node).cordoned, 'unschedulable');
    case 'node.uncordon':
      return all((node) => !world.nodes.get(node).cordoned, 'schedulable');
    case 'node.out-of-service':
      return all((node) => world.nodes.get(node).outOfService, 'tainted');
    case 'node.in-service':
      return all((node) => !world.nodes.get(node).outOfService, 'taint gone');
    case 'link.cut':
      return () => (world.network.reachable(site) ? undefined : 'no packet from outside arrives');
    case 'link.restore':
      return () => (world.network.reachable(site) ? 'packets arrive' : undefined);
    case 'etcd.snapshot':
      return () => (world.etcd.hasSnapshot(site) ? 'snapshot verified by its hash' : undefined);
    case 'etcd.restore':
      return restoredProbe(world, site);
    default:
      return () => undefined;
  }
}

function restoredProbe(world: World, site: string): Probe {
  let seen = false;
  world.etcd.restored.on((restored) => {
    seen ||= restored.site === site;
  });
  return () => (seen ? 'new cluster id, revision bumped' : undefined);
}

const count = (nodes: readonly string[]) => (nodes.length === 1 ? 'machine' : `${nodes.length} machines`);

function linkProbe(world: World, action: Action, target: Of<'link'> | Of<'node-link'>): Probe {
  const { network } = world;
  const slowed = action.verb === 'link.slow';
  const ends = linkEnds(world, target);
  const before = ends.map(([from, to]) => network.delayMs(from, to));
  const lossBefore = ends.map(([from, to]) => network.lossRatio(from, to));
  return () => {
    if (ends.length === 0) return undefined;
    const open = ends.filter(([from, to]) => network.passes(from, to)).length;
    if (action.verb === 'link.cut') return open === 0 ? 'rule counts dropped packets, no answer' : undefined;
    if (slowed) {
      const worse = ends.some(
        ([from, to], i) => network.delayMs(from, to) > before[i]! || network.lossRatio(from, to) > lossBefore[i]!,
      );
      return worse ? 'round trip is longer' : undefined;
    }
    return open === ends.length ? 'packets arrive' : undefined;
  };
}

/** Directed pairs whose packets the action is about; a few pairs of nodes stand for a whole site. */
function linkEnds(
  world: World,
  target: Of<'link'> | Of<'node-link'>,
): (readonly [{ node: string }, { node: string }])[] {
  const first = (site: string) => world.sites.find((candidate) => candidate.name === site)?.nodes[0]?.name;
  const pair =
    target.on === 'link'
      ? [first(target.from), first(target.to)]
      : [
          target.node,
          target.peer ??
            world.sites.find((s) => s.name === target.site)?.nodes.find((n) => n.name !== target.node)?.name,
        ];
  const [a, b] = pair;
  if (a === undefined || b === undefined) return [];
  const there = [{ node: a }, { node: b }] as const;
  return target.direction === 'both' ? [there, [{ node: b }, { node: a }]] : [there];
}

function workloadProbe(world: World, action: Action, target: Of<'workload'>): Probe {
  const status = () => world.workloads.status(target.site, target.workload);
  const before = status();
  switch (action.verb) {
    case 'workload.release':
    case 'workload.rollback':
      return () =>
        status().revision > before.revision ? `revision ${before.revision} → ${status().revision}` : undefined;
    case 'workload.scale':
      return () =>
        status().wanted >= Number(action.args.replicas ?? 0) && action.args.replicas !== undefined
          ? `${status().wanted} replicas wanted`
          : undefined;
    default:
      return () => 'accepted by the API';
  }
}

function weightsProbe(world: World, action: Action): Probe {
  const wanted = action.args.weights;
  if (action.verb !== 'traffic.shift' || typeof wanted !== 'object') return () => 'weights as before';
  const show = (weights: Readonly<Record<string, number>>) =>
    world.sites.map((site) => `${site.name} ${weights[site.name] ?? 0}`).join(', ');
  return () => (show(world.routing.weights()) === show(wanted) ? `weights ${show(wanted)}` : undefined);
}

function replicationProbe(world: World, action: Action, target: Of<'replication'>): Probe {
  const { replication } = world;
  const batches = replication.batches(target.name);
  switch (action.verb) {
    case 'replication.stall':
      return () => (replication.held(target.name) ? 'apply worker stopped' : undefined);
    case 'replication.resume':
      return () => (replication.held(target.name) ? undefined : 'apply worker runs');
    case 'replication.sync':
      return () => (replication.batches(target.name) > batches ? `batch ${batches + 1} complete` : undefined);
    default:
      return () => undefined;
  }
}
