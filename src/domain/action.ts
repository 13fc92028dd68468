/** Actions: one verb done to a platform. Faults plan verbs, platforms perform verbs, so N faults and M platforms need N + M parts. */
import type { Ms } from '../base/clock.ts';

/** Components of Kubernetes that run as a process on a node. */
export const components = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'containerd',
] as const;
/** One of {@link components}. */
export type Component = (typeof components)[number];

/** Who of several. `leader`: of etcd, or the lease holder. `one`: any, drawn by the seed. `others`: all but the leader. `minority`: the largest that leaves a quorum. `majority`: the smallest that breaks it. */
export type Pick =
  | 'leader'
  | 'one'
  | 'others'
  | 'minority'
  | 'majority'
  | 'all'
  | { readonly name: string }
  | { readonly count: number };

/** A place to act on, in words that are resolved when the action is issued. */
export type Target =
  | { readonly on: 'component'; readonly component: Component; readonly site: string; readonly member: Pick }
  | {
      readonly on: 'node';
      readonly site: string;
      readonly role?: 'control-plane' | 'worker';
      /** Only nodes that hold a ready pod of this workload. */
      readonly hosting?: string;
      readonly member: Pick;
    }
  | { readonly on: 'pod'; readonly site: string; readonly workload: string; readonly member: Pick }
  | { readonly on: 'workload'; readonly site: string | 'all'; readonly workload: string }
  | { readonly on: 'site'; readonly site: string }
  /** Between two sites. `both` directions, or only what `from` sends to `to`. */
  | { readonly on: 'link'; readonly from: string; readonly to: string; readonly direction: 'both' | 'one-way' }
  /** Between nodes of one site: `node` and the rest, or a named peer. */
  | {
      readonly on: 'node-link';
      readonly site: string;
      readonly member: Pick;
      readonly role?: 'control-plane' | 'worker';
      readonly peer?: string;
      readonly direction: 'both' | 'one-way';
    }
  | { readonly on: 'database'; readonly site: string; readonly workload: string }
  | { readonly on: 'replication'; readonly name: string }
  | { readonly on: 'global-load-balancer' };

/** A target after resolution: one concrete thing. Every field is a name that exists. */
export type ResolvedTarget =
  | { readonly on: 'component'; readonly component: Component; readonly site: string; readonly node: string }
  | { readonly on: 'node'; readonly site: string; readonly node: string }
  | { readonly on: 'pod'; readonly site: string; readonly workload: string; readonly pod: string }
  | { readonly on: 'workload'; readonly site: string; readonly workload: string }
  | { readonly on: 'site'; readonly site: string }
  | { readonly on: 'link'; readonly from: string; readonly to: string; readonly direction: 'both' | 'one-way' }
  | {
      readonly on: 'node-link';
      readonly site: string;
      readonly node: string;
      readonly peer?: string;
      readonly direction: 'both' | 'one-way';
    }
  | { readonly on: 'database'; readonly site: string; readonly workload: string }
  | { readonly on: 'replication'; readonly name: string }
  | { readonly on: 'global-load-balancer' };

/** Every verb, the targets it takes, its arguments (name → meaning), and in words what it does. The one catalogue; platforms declare a subset. */
export const verbs = {
  'process.kill': {
    on: ['component', 'database'],
    args: {},
    does: 'SIGKILL; whoever supervises it may start it again',
  },
  'process.hold': { on: ['component', 'database'], args: {}, does: 'SIGKILL and keep it from being started again' },
  'process.release': { on: ['component', 'database'], args: {}, does: 'let the supervisor start it again' },
  'process.pause': { on: ['component', 'database'], args: {}, does: 'SIGSTOP: sockets stay open, nothing answers' },
  'process.resume': { on: ['component', 'database'], args: {}, does: 'SIGCONT' },
  'pod.kill': {
    on: ['pod'],
    args: {},
    does: 'SIGKILL of the main process of the pod; the kubelet restarts it in place',
  },
  'pod.delete': { on: ['pod'], args: {}, does: 'delete the pod through the API, with its grace period' },
  'pod.hang': { on: ['pod'], args: {}, does: 'SIGSTOP of the main process of the pod' },
  'pod.unhang': { on: ['pod'], args: {}, does: 'SIGCONT of the main process of the pod' },
  'pod.slow': {
    on: ['pod'],
    args: { factor: 'service time is multiplied by this (> 0)' },
    does: 'make one replica slow',
  },
  'pod.unslow': { on: ['pod'], args: {}, does: 'the replica works at its own speed again' },
  'node.kill': {
    on: ['node', 'site'],
    args: {},
    does: 'power loss of the node or of every node of the site; it stays off',
  },
  'node.start': { on: ['node', 'site'], args: {}, does: 'power on' },
  'node.pause': { on: ['node', 'site'], args: {}, does: 'freeze every process of the node' },
  'node.resume': { on: ['node', 'site'], args: {}, does: 'unfreeze' },
  'node.cordon': { on: ['node'], args: {}, does: 'mark unschedulable' },
  'node.uncordon': { on: ['node'], args: {}, does: 'mark schedulable' },
  'node.drain': {
    on: ['node'],
    args: {},
    does: 'cordon, then evict every pod but those of DaemonSets, respecting disruption budgets',
  },
  'node.out-of-service': {
    on: ['node'],
    args: {},
    does: 'taint node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
  },
  'node.in-service': { on: ['node'], args: {}, does: 'remove that taint' },
  'link.cut': {
    on: ['link', 'node-link', 'site'],
    args: {},
    does: 'drop every packet (a site: both ways to the other site and to customers)',
  },
  'link.slow': {
    on: ['link', 'node-link'],
    args: { delayMs: 'added one way', lossRatio: 'share of packets lost, 0..1' },
    does: 'add delay or loss',
  },
  'link.restore': { on: ['link', 'node-link', 'site'], args: {}, does: 'undo cut and slow' },
  'disk.stall': {
    on: ['component'],
    args: { fsyncMs: 'time one fsync takes' },
    does: 'stall the disk of an etcd member',
  },
  'disk.restore': { on: ['component'], args: {}, does: 'the disk works again' },
  'etcd.snapshot': { on: ['site'], args: {}, does: 'take a snapshot of etcd' },
  'etcd.wipe': { on: ['component'], args: {}, does: 'stop an etcd member and delete its data' },
  'etcd.restore': { on: ['site'], args: {}, does: 'rebuild every etcd member of the site from the last snapshot' },
  'etcd.rebuild': {
    on: ['component'],
    args: {},
    does: 'give a member without data its data back: from the other members, or, without a quorum, all of them from the last snapshot; one that has its data is left alone',
  },
  'etcd.remove': { on: ['component'], args: {}, does: 'remove a member from the etcd cluster' },
  'etcd.add-learner': {
    on: ['component'],
    args: {},
    does: 'add the member as a learner; it is promoted once it has caught up',
  },
  'workload.release': {
    on: ['workload'],
    args: { image: 'new image', release: 'good, never-ready, crash or errors' },
    does: 'roll out a new revision',
  },
  'workload.rollback': { on: ['workload'], args: {}, does: 'roll out the revision before' },
  'workload.unrelease': {
    on: ['workload'],
    args: {},
    does: 'roll out what ran before our release, if ours is still the newest',
  },
  'workload.scale': {
    on: ['workload'],
    args: { replicas: 'wanted replicas (and the lower bound of its autoscaler, if it has one)' },
    does: 'set replicas',
  },
  'workload.unscale': {
    on: ['workload'],
    args: {},
    does: 'set replicas and the lower bound back to what they were before ours',
  },
  'traffic.shift': {
    on: ['global-load-balancer'],
    args: { weights: 'share of new customers per site' },
    does: 'change the weights of the global load balancer',
  },
  'traffic.restore': {
    on: ['global-load-balancer'],
    args: {},
    does: 'set the weights back to what they were before ours',
  },
  'database.promote': { on: ['database'], args: {}, does: 'make the standby take writes' },
  'database.fence': { on: ['database'], args: {}, does: 'make the database refuse writes' },
  'database.unfence': { on: ['database'], args: {}, does: 'make it take writes again' },
  'replication.stall': { on: ['replication'], args: {}, does: 'the replication applies nothing' },
  'replication.resume': { on: ['replication'], args: {}, does: 'the replication applies again' },
  'replication.sync': { on: ['replication'], args: {}, does: 'run a batch now' },
} as const satisfies Record<
  string,
  { on: readonly Target['on'][]; args: Readonly<Record<string, string>>; does: string }
>;

/** A verb. */
export type Verb = keyof typeof verbs;

/** Arguments of a verb: names as in {@link verbs}. */
export type ActionArgs = Readonly<Record<string, number | string | Readonly<Record<string, number>>>>;

/** An action as planned: the target still in words. */
export interface PlannedAction {
  readonly verb: Verb;
  readonly target: Target;
  readonly args?: ActionArgs;
}

/** An action on one concrete thing. */
export interface Action {
  /** Unique in the run: `kill-leader#1.0` = fault or operation, its pass, number of the action; undo actions end in `~`. */
  readonly id: string;
  readonly verb: Verb;
  readonly target: ResolvedTarget;
  readonly args: ActionArgs;
  /** The act is to do nothing, while proof is sought all the same. */
  readonly dud: boolean;
}

/** What became of an action, told by the platform's probes. */
export type ActionOutcome =
  /** Landed somewhere in this interval: last seen whole, first seen changed. `proof` in words: `process 812 gone, port refused`. */
  | { readonly actionId: string; readonly landed: true; readonly fromMs: Ms; readonly toMs: Ms; readonly proof: string }
  /** Not seen to have happened; why. */
  | { readonly actionId: string; readonly landed: false; readonly reason: string };

/** A resolved target as people write it: `etcd on east-control-plane2`, `node east-worker`, `link east → west`. */
export function describeTarget(target: ResolvedTarget): string {
  switch (target.on) {
    case 'component':
      return `${target.component} on ${target.node}`;
    case 'node':
      return `node ${target.node}`;
    case 'pod':
      return `pod ${target.pod} (${target.site})`;
    case 'workload':
      return `${target.workload} in ${target.site}`;
    case 'site':
      return `site ${target.site}`;
    case 'link':
      return `link ${target.from} ${target.direction === 'both' ? '↔' : '→'} ${target.to}`;
    case 'node-link':
      return `link of ${target.node} ${target.direction === 'both' ? '↔' : '→'} ${target.peer ?? 'its site'}`;
    case 'database':
      return `database ${target.workload} in ${target.site}`;
    case 'replication':
      return `replication ${target.name}`;
    case 'global-load-balancer':
      return 'global load balancer';
  }
}
