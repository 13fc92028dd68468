/** Facts: what can be observed about a named subject, and the fold of all observations so far. A fact is state, not only an edge: it can be asked when a story gets to it. */
import type { Ms } from '../base/clock.ts';

/** What identifies the subject of a fact; each fact declares which of these it needs. */
export interface Subject {
  readonly site?: string;
  readonly node?: string;
  readonly workload?: string;
  readonly pod?: string;
  readonly service?: string;
  readonly channel?: string;
  readonly replication?: string;
}

/** The value of a fact. `null`: there is none at the moment (no leader, pod gone). */
export type FactValue = boolean | number | string | null;

interface FactDefinition {
  /** Keys of {@link Subject}, all mandatory, in this order. Empty: the whole platform. */
  readonly subject: readonly (keyof Subject)[];
  readonly value: 'boolean' | 'number' | 'text';
  /** One sentence: what it means when it holds. */
  readonly says: string;
  /** Where a real platform reads it. The simulator publishes no fact without such a source. */
  readonly source: string;
}

/** The catalogue of facts. A boolean fact holds when true, a number above 0, a text when there is one. */
export const facts = {
  'load.started': {
    subject: [],
    value: 'boolean',
    says: 'the load profile is playing',
    source: "the load driver's own schedule",
  },
  'load.peaked': {
    subject: [],
    value: 'boolean',
    says: 'the first bucket at 95 % of the peak rate has been asked',
    source: 'per-bucket traffic of the load driver',
  },
  'load.fell': {
    subject: [],
    value: 'boolean',
    says: 'after the peak the asked rate is back under half of it',
    source: 'per-bucket traffic of the load driver',
  },
  'etcd.leader': {
    subject: ['site'],
    value: 'text',
    says: 'name of the node whose etcd member leads',
    source: 'etcd status of each member; elections stamped from its log',
  },
  'etcd.quorum': {
    subject: ['site'],
    value: 'boolean',
    says: 'a majority of the voting members answers',
    source: 'etcd status of each member',
  },
  'etcd.whole': {
    subject: ['site'],
    value: 'boolean',
    says: 'every member is started, in sync and agrees on one leader',
    source: 'etcd status of each member',
  },
  'etcd.member': {
    subject: ['site', 'node'],
    value: 'text',
    says: 'leader, follower, learner or stalled; none when it does not answer',
    source: 'etcd status of the member',
  },
  'etcd.snapshot': {
    subject: ['site'],
    value: 'boolean',
    says: 'a snapshot has been taken',
    source: 'etcdctl snapshot save',
  },
  'api.server': {
    subject: ['site', 'node'],
    value: 'boolean',
    says: 'the API server of the node answers /readyz',
    source: 'prober, kept connection per API server, 10 Hz',
  },
  'api.writable': {
    subject: ['site'],
    value: 'boolean',
    says: 'a write through the load balancer succeeds',
    source: 'prober, fresh connection per try, 10 Hz',
  },
  'controller.leader': {
    subject: ['site'],
    value: 'text',
    says: 'name of the node whose controller-manager holds the lease and acts',
    source: 'informer on Lease kube-controller-manager',
  },
  'scheduler.leader': {
    subject: ['site'],
    value: 'text',
    says: 'name of the node whose scheduler holds the lease and acts',
    source: 'informer on Lease kube-scheduler',
  },
  'control.whole': {
    subject: ['site'],
    value: 'boolean',
    says: 'every API server ready, etcd whole, controller-manager and scheduler lead',
    source: 'the facts above together',
  },
  'node.ready': {
    subject: ['site', 'node'],
    value: 'boolean',
    says: 'the node condition Ready is True',
    source: 'informer on Nodes',
  },
  'node.running': {
    subject: ['site', 'node'],
    value: 'boolean',
    says: 'the machine is on and not frozen',
    source: 'container engine events',
  },
  'node.schedulable': {
    subject: ['site', 'node'],
    value: 'boolean',
    says: 'neither cordoned nor tainted by us',
    source: 'informer on Nodes',
  },
  'node.drained': {
    subject: ['site', 'node'],
    value: 'boolean',
    says: 'cordoned, and only DaemonSet pods are left',
    source: 'informers on Nodes and Pods',
  },
  'nodes.ready': { subject: ['site'], value: 'number', says: 'how many nodes are Ready', source: 'informer on Nodes' },
  'nodes.whole': {
    subject: ['site'],
    value: 'boolean',
    says: 'every node is Ready and schedulable',
    source: 'informer on Nodes',
  },
  'workload.ready': {
    subject: ['site', 'workload'],
    value: 'number',
    says: 'how many replicas are ready',
    source: 'informer on the workload (status.readyReplicas)',
  },
  'workload.wanted': {
    subject: ['site', 'workload'],
    value: 'number',
    says: 'how many replicas are wanted',
    source: 'informer on the workload (spec.replicas, desiredNumberScheduled)',
  },
  'workload.degraded': {
    subject: ['site', 'workload'],
    value: 'boolean',
    says: 'fewer replicas ready than wanted',
    source: 'informer on the workload',
  },
  'workload.whole': {
    subject: ['site', 'workload'],
    value: 'boolean',
    says: 'all wanted replicas are ready and of the newest revision, none too many',
    source: 'informer on the workload',
  },
  'workload.revision': {
    subject: ['site', 'workload'],
    value: 'number',
    says: 'number of the newest revision',
    source: 'informer on the workload (deployment.kubernetes.io/revision)',
  },
  'workload.rolled-out': {
    subject: ['site', 'workload'],
    value: 'boolean',
    says: 'the newest revision is complete',
    source: 'informer on the workload (observedGeneration, updatedReplicas)',
  },
  'workload.rescaled': {
    subject: ['site', 'workload'],
    value: 'boolean',
    says: 'its replicas, or the lower bound of its autoscaler, are not what its manifest says',
    source: 'informers on the workload and on HorizontalPodAutoscalers (spec), against the topology',
  },
  'pod.ready': {
    subject: ['site', 'workload', 'pod'],
    value: 'boolean',
    says: 'the pod condition Ready is True; none when the pod is gone',
    source: 'informer on Pods',
  },
  'pod.node': {
    subject: ['site', 'workload', 'pod'],
    value: 'text',
    says: 'name of the node that the pod is bound to; none when the pod is gone',
    source: 'informer on Pods (spec.nodeName)',
  },
  'autoscaler.wanted': {
    subject: ['site', 'workload'],
    value: 'number',
    says: 'replicas that the autoscaler wants',
    source: 'informer on HorizontalPodAutoscalers (status.desiredReplicas)',
  },
  'autoscaler.limited': {
    subject: ['site', 'workload'],
    value: 'boolean',
    says: 'the autoscaler wants more than its maximum',
    source: 'condition ScalingLimited',
  },
  'endpoints.ready': {
    subject: ['site', 'service'],
    value: 'number',
    says: 'how many endpoints are ready',
    source: 'informer on EndpointSlices',
  },
  'traffic.shifted': {
    subject: [],
    value: 'boolean',
    says: 'the weights of the global load balancer are not what the topology says',
    source: "the load balancer's own state, against the topology",
  },
  'site.in-rotation': {
    subject: ['site'],
    value: 'boolean',
    says: 'the global load balancer sends customers there',
    source: "the load balancer's own state (HAProxy status, DNS answer)",
  },
  'site.reachable': {
    subject: ['site'],
    value: 'boolean',
    says: 'the health check of the global load balancer passes',
    source: "the load balancer's own checks",
  },
  'site.serving': {
    subject: ['site'],
    value: 'boolean',
    says: 'customers were served there in the last second',
    source: "the load balancer's log",
  },
  'link.up': {
    subject: [],
    value: 'boolean',
    says: 'the sites reach each other both ways',
    source: 'probe through the link proxy, 10 Hz',
  },
  'replication.lag-s': {
    subject: ['replication'],
    value: 'number',
    says: 'age of the oldest commit that has not arrived, s',
    source: 'heartbeat row and pg_stat_replication',
  },
  'replication.stalled': {
    subject: ['replication'],
    value: 'boolean',
    says: 'something waits and nothing has been applied for 2 s (a stream), or a scheduled batch failed',
    source: 'pg_stat_subscription, CronJob status',
  },
  'replication.caught-up': {
    subject: ['replication'],
    value: 'boolean',
    says: 'everything committed 1 s ago has arrived (a batch: everything at its last start)',
    source: 'log positions on both sides',
  },
  'replication.batch': {
    subject: ['replication'],
    value: 'number',
    says: 'how many batches have completed',
    source: 'CronJob status',
  },
  'database.writable': {
    subject: ['site', 'workload'],
    value: 'boolean',
    says: 'the database takes writes',
    source: 'prober, one row a second',
  },
  'database.primary': {
    subject: ['site', 'workload'],
    value: 'boolean',
    says: 'it is a primary (not in recovery, not fenced)',
    source: 'pg_is_in_recovery(), default_transaction_read_only',
  },
  'data.split': {
    subject: [],
    value: 'boolean',
    says: 'both sites take writes while they cannot replicate',
    source: 'probes of both databases and of the link',
  },
  'data.converged': {
    subject: [],
    value: 'boolean',
    says: 'both sites hold the same orders (what is in flight aside)',
    source: 'digest per key range on both sides, every second',
  },
  'breaker.state': {
    subject: ['site', 'service'],
    value: 'text',
    says: 'open, half-open; none when closed',
    source: "metric of the callers' breaker",
  },
  'sli.healthy': {
    subject: ['service'],
    value: 'boolean',
    says: 'the SLI is inside its steady state over the last second',
    source: "the judge's own streaming fold over traffic",
  },
  'sli.steady': {
    subject: ['service'],
    value: 'boolean',
    says: 'it has been for the hold time (10 s)',
    source: "the judge's own streaming fold over traffic",
  },
  'channel.healthy': {
    subject: ['service', 'channel'],
    value: 'boolean',
    says: 'the channel is inside the steady state of its service over the last second',
    source: "the judge's own streaming fold over traffic",
  },
} as const satisfies Record<string, FactDefinition>;

/** Name of a fact. */
export type FactName = keyof typeof facts;

/** The subject that a fact needs, every key mandatory. */
export type SubjectOf<N extends FactName> = { readonly [K in (typeof facts)[N]['subject'][number]]: string };

/** One observation: the new value of a fact. Published on change only. */
export interface Observation {
  readonly fact: FactName;
  readonly subject: Subject;
  readonly value: FactValue;
  /** When it happened, by the source's own stamp. */
  readonly atMs: Ms;
}

/** What is known of one fact of one subject. */
export interface Known {
  readonly fact: FactName;
  readonly subject: Subject;
  readonly value: FactValue;
  /** When the value became what it is. */
  readonly atMs: Ms;
  /** When we learned it. */
  readonly seenMs: Ms;
}

/** All observations so far, newest per fact and subject. Keys by {@link factKey}; iteration in order of first sight. */
export interface Facts {
  get(key: string): Known | undefined;
  values(): Iterable<Known>;
  /** Those of one fact, whatever their subjects. */
  of(fact: FactName): Iterable<Known>;
}

/** `etcd.leader|east`: the fact and its subject's values in declared order. */
export function factKey(fact: FactName, subject: Subject): string {
  let key: string = fact;
  for (const part of facts[fact].subject) key += `|${subject[part] ?? ''}`;
  return key;
}

/** A fact store that can be written. */
export interface FactFold extends Facts {
  /** Takes an observation; gives the entry before, if any. Unchanged values keep their time. */
  take(observation: Observation, seenMs: Ms): Known | undefined;
}

/** An empty {@link FactFold}. */
export function createFactFold(): FactFold {
  const known = new Map<string, Known>();
  const byFact = new Map<FactName, Map<string, Known>>();
  return {
    get: (key) => known.get(key),
    values: () => known.values(),
    of: (fact) => byFact.get(fact)?.values() ?? [],
    take: (observation, seenMs) => {
      const { fact } = observation;
      const key = factKey(fact, observation.subject);
      const before = known.get(key);
      if (before !== undefined && before.value === observation.value) return before;
      const entry = { ...observation, seenMs };
      known.set(key, entry);
      let alike = byFact.get(fact);
      if (alike === undefined) {
        alike = new Map();
        byFact.set(fact, alike);
      }
      alike.set(key, entry);
      return before;
    },
  };
}
