/** What a workload and a pod are when nobody says more: the small worlds of the models begin with these, so that a new field is written once. */
import type { Workload } from '../../../src/domain/topology.ts';
import type { Pod } from '../../../src/sim/model.ts';

/** A pod template that asks for nothing. */
export function plainTemplate(name: string, given: Partial<Workload['template']> = {}): Workload['template'] {
  return {
    labels: { app: name },
    annotations: {},
    image: `${name}:1`,
    requests: { cpuCores: 0, memoryMiB: 0 },
    utilisationCores: 0,
    limits: {},
    terminationGraceSeconds: 30,
    preStopSeconds: 0,
    tolerations: [],
    nodeSelector: {},
    nodeAffinity: { required: [], preferred: [] },
    topologySpread: [],
    antiAffinity: [],
    volumeClaims: [],
    hostNetwork: false,
    hostPorts: [],
    ...given,
  };
}

/** The roll-out of a Deployment, with Kubernetes' defaults. */
export function plainRollout(given: Partial<Workload['rollout']> = {}): Workload['rollout'] {
  return {
    strategy: 'RollingUpdate',
    maxSurge: { ratio: 0.25 },
    maxUnavailable: { ratio: 0.25 },
    minReadySeconds: 0,
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
    podManagement: 'OrderedReady',
    partition: 0,
    ...given,
  };
}

/** A pod that has served from the beginning. */
export function plainPod(given: Pick<Pod, 'name' | 'site' | 'workload' | 'node'> & Partial<Pod>): {
  -readonly [K in keyof Pod]: Pod[K];
} {
  return {
    uid: 1,
    revision: 1,
    createdMs: 0,
    phase: 'Running',
    ready: true,
    readySinceMs: 0,
    deletedMs: undefined,
    acceptedMs: 0,
    startedMs: 0,
    restarts: 0,
    starts: 1,
    truth: 'serving',
    slowFactor: 1,
    ...given,
  };
}
