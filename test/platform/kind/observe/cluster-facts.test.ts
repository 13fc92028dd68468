/** Facts read from literal objects of a cluster: nodes, pods, workloads, autoscalers, endpoints, leaders. */
import { describe, expect, test } from 'vitest';
import { endpointFacts } from '../../../../src/platform/kind/observe/endpoint-facts.ts';
import { leaderFacts } from '../../../../src/platform/kind/observe/leader-facts.ts';
import { nodeFacts } from '../../../../src/platform/kind/observe/node-facts.ts';
import type { NodeObject, PodObject, SliceObject } from '../../../../src/platform/kind/observe/objects.ts';
import { podFacts, workloadOf } from '../../../../src/platform/kind/observe/pod-facts.ts';
import { workloadFacts } from '../../../../src/platform/kind/observe/workload-facts.ts';
import { deployment, pod, site, stateOf, values, workload } from './small-cluster.ts';

const containers = new Map(site.nodes.map(({ name }) => [name, `ep-1-${name}`]));
const nodeOf = (container: string) => container.replace(/^ep-1-/, '');

function node(name: string, given: { ready?: string; cordoned?: boolean; taints?: string[] } = {}): NodeObject {
  const { ready = 'True', cordoned, taints = [] } = given;
  return {
    metadata: { name: `ep-1-${name}` },
    spec: {
      ...(cordoned !== undefined && { unschedulable: cordoned }),
      taints: taints.map((key) => ({ key, effect: 'NoExecute' })),
    },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  };
}

describe('nodes', () => {
  const read = (worker: NodeObject, pods: readonly PodObject[] = []) =>
    values(nodeFacts(site, containers, stateOf({ nodes: [node('east-control-plane'), worker], pods })));

  test('all ready and schedulable are whole', () => {
    expect(read(node('east-worker'))).toMatchObject({
      'nodes.ready': 2,
      'nodes.whole': true,
      'node.drained east-worker': false,
    });
  });

  test('Unknown is not ready', () => {
    expect(read(node('east-worker', { ready: 'Unknown' }))).toMatchObject({
      'node.ready east-worker': false,
      'nodes.ready': 1,
      'nodes.whole': false,
    });
  });

  test('neither a cordon nor the out-of-service taint leaves a node schedulable, other taints do', () => {
    const schedulable = (worker: NodeObject) => read(worker)['node.schedulable east-worker'];
    expect(schedulable(node('east-worker', { cordoned: true }))).toBe(false);
    expect(schedulable(node('east-worker', { taints: ['node.kubernetes.io/out-of-service'] }))).toBe(false);
    expect(schedulable(node('east-worker', { taints: ['node.kubernetes.io/unreachable'] }))).toBe(true);
  });

  test('a cordoned node is drained when only pods of DaemonSets, mirrors and finished pods are left', () => {
    const cordoned = node('east-worker', { cordoned: true });
    const owned = (kind: string) => ({
      ...pod(kind),
      metadata: { ...pod(kind).metadata, ownerReferences: [{ kind, name: 'x' }] },
    });
    const finished = { ...pod('done'), status: { phase: 'Succeeded' } };
    expect(read(cordoned, [owned('DaemonSet'), owned('Node'), finished])['node.drained east-worker']).toBe(true);
    expect(read(cordoned, [pod('a')])['node.drained east-worker']).toBe(false);
    expect(read(cordoned, [pod('a', { deleted: true })])['node.drained east-worker']).toBe(false);
    expect(read(node('east-worker'), [])['node.drained east-worker']).toBe(false);
  });

  test('a node that the API does not know is not ready', () => {
    expect(values(nodeFacts(site, containers, stateOf({})))).toMatchObject({ 'nodes.ready': 0, 'nodes.whole': false });
  });
});

describe('pods', () => {
  const subject = { site: 'east', workload: 'orders', pod: 'a' };

  test('belong to the Deployment behind their ReplicaSet, in its namespace only', () => {
    expect(workloadOf(site, pod('a'))?.name).toBe('orders');
    expect(workloadOf(site, { ...pod('a'), metadata: { ...pod('a').metadata, namespace: 'other' } })).toBeUndefined();
  });

  test('are told with the name of the node in the topology', () => {
    expect(values(podFacts(subject, pod('a', { ready: false }), nodeOf))).toEqual({
      'pod.node orders a': 'east-worker',
      'pod.ready orders a': false,
    });
  });

  test('are gone from the moment they are being deleted', () => {
    const gone = { 'pod.node orders a': null, 'pod.ready orders a': null };
    expect(values(podFacts(subject, pod('a', { deleted: true }), nodeOf))).toEqual(gone);
    expect(values(podFacts(subject, undefined, nodeOf))).toEqual(gone);
  });
});

describe('workloads', () => {
  const orders = site.workloads[0]!;
  const read = (objects: Parameters<typeof stateOf>[0], of = orders) =>
    values(workloadFacts(site, of, stateOf(objects)));

  test('with all pods ready and new are whole', () => {
    expect(read({ deployments: [deployment(3, 3)] })).toEqual({
      'workload.ready orders': 3,
      'workload.wanted orders': 3,
      'workload.degraded orders': false,
      'workload.whole orders': true,
      'workload.revision orders': 2,
      'workload.rolled-out orders': true,
    });
  });

  test('with a pod too few are degraded and not whole', () => {
    expect(read({ deployments: [deployment(3, 2)] })).toMatchObject({
      'workload.degraded orders': true,
      'workload.whole orders': false,
      'workload.rolled-out orders': false,
    });
  });

  test('with a pod too many, old pods or a spec not yet seen are not rolled out', () => {
    for (const more of [{ replicas: 4 }, { updatedReplicas: 2 }, { observedGeneration: 3 }])
      expect(read({ deployments: [deployment(3, 3, more)] })).toMatchObject({
        'workload.degraded orders': false,
        'workload.whole orders': false,
        'workload.rolled-out orders': false,
      });
  });

  test('that do not exist want what their manifest says and have nothing', () => {
    expect(read({})).toMatchObject({
      'workload.ready orders': 0,
      'workload.wanted orders': 3,
      'workload.degraded orders': true,
      'workload.whole orders': false,
    });
  });

  test('of other kinds count their own fields, and number their revisions', () => {
    const owner = (kind: string, name: string) => [{ kind, name }];
    const revisions = [1, 2].map((revision) => ({
      metadata: { name: `agent-${revision}`, namespace: 'shop', ownerReferences: owner('DaemonSet', 'agent') },
      revision,
    }));
    const daemons = {
      metadata: { name: 'agent', namespace: 'shop', generation: 1 },
      spec: {},
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 2,
        currentNumberScheduled: 2,
        updatedNumberScheduled: 2,
        numberReady: 2,
      },
    };
    expect(read({ daemonsets: [daemons], revisions }, site.workloads[2])).toEqual({
      'workload.ready agent': 2,
      'workload.wanted agent': 2,
      'workload.degraded agent': false,
      'workload.whole agent': true,
      'workload.revision agent': 2,
      'workload.rolled-out agent': true,
    });
    const set = {
      metadata: { name: 'postgres', namespace: 'shop', generation: 1 },
      spec: { replicas: 1 },
      status: {
        observedGeneration: 1,
        replicas: 1,
        readyReplicas: 1,
        currentReplicas: 1,
        currentRevision: 'p-1',
        updateRevision: 'p-1',
      },
    };
    expect(read({ statefulsets: [set] }, site.workloads[1])).toMatchObject({ 'workload.whole postgres': true });
  });

  test('below the partition of a StatefulSet are no part of the roll-out', () => {
    const held = workload('StatefulSet', 'queue', { rollout: { ...orders.rollout, partition: 2 } });
    const set = {
      metadata: { name: 'queue', namespace: 'shop', generation: 2 },
      spec: { replicas: 3 },
      status: {
        observedGeneration: 2,
        replicas: 3,
        readyReplicas: 3,
        updatedReplicas: 1,
        currentReplicas: 2,
        currentRevision: 'q-1',
        updateRevision: 'q-2',
      },
    };
    expect(read({ statefulsets: [set] }, held)).toMatchObject({ 'workload.rolled-out queue': true });
  });

  test("are rescaled when the lower bound of their autoscaler, or without one their replicas, are not the topology's", () => {
    const autoscaler = (minReplicas: number) => ({
      metadata: { name: 'orders', namespace: 'shop' },
      spec: { minReplicas, scaleTargetRef: { kind: 'Deployment', name: 'orders' } },
    });
    const rescaled = (objects: Parameters<typeof stateOf>[0]) => read(objects)['workload.rescaled orders'];
    expect(rescaled({ deployments: [deployment(8, 8)], autoscalers: [autoscaler(3)] })).toBe(false);
    expect(rescaled({ deployments: [deployment(3, 3)], autoscalers: [autoscaler(5)] })).toBe(true);
    const alone = { ...site, autoscalers: [] };
    const set = (replicas: number) =>
      values(workloadFacts(alone, orders, stateOf({ deployments: [deployment(replicas, 3)] })));
    expect(set(3)['workload.rescaled orders']).toBe(false);
    expect(set(6)['workload.rescaled orders']).toBe(true);
    expect(read({ daemonsets: [] }, site.workloads[2])).not.toHaveProperty('workload.rescaled agent');
  });

  test('are limited by their autoscaler only at its maximum', () => {
    const read = (reason: string) =>
      values(
        workloadFacts(
          site,
          orders,
          stateOf({
            autoscalers: [
              {
                metadata: { name: 'orders', namespace: 'shop' },
                spec: { minReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'orders' } },
                status: { desiredReplicas: 9, conditions: [{ type: 'ScalingLimited', status: 'True', reason }] },
              } as never,
            ],
          }),
        ),
      );
    expect(read('TooManyReplicas')).toMatchObject({ 'autoscaler.wanted orders': 9, 'autoscaler.limited orders': true });
    expect(read('TooFewReplicas')).toMatchObject({ 'autoscaler.limited orders': false });
  });
});

describe('endpoints', () => {
  const slice = (name: string, ready: readonly (boolean | undefined)[], addressType = 'IPv4'): SliceObject => ({
    metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': 'orders' } },
    addressType,
    endpoints: ready.map((each, i) => ({
      addresses: [`${name}-${i}`],
      conditions: each === undefined ? {} : { ready: each },
    })),
  });

  test('count over all slices of a Service, unknown as ready', () => {
    const state = stateOf({ slices: [slice('a', [true, false, undefined]), slice('b', [true])] });
    expect(values(endpointFacts(site, state))).toEqual({ 'endpoints.ready orders': 3 });
  });

  test('of a second family are the same pods again', () => {
    const state = stateOf({ slices: [slice('a', [true, true]), slice('six', [true, true], 'IPv6')] });
    expect(values(endpointFacts(site, state))).toEqual({ 'endpoints.ready orders': 2 });
  });

  test('without a slice are none', () => {
    expect(values(endpointFacts(site, stateOf({})))).toEqual({ 'endpoints.ready orders': 0 });
  });
});

describe('leaders', () => {
  const epochMs = Date.parse('2026-01-01T00:00:00.000Z');
  const lease = (name: string, holderIdentity: string, renewTime: string) => ({
    metadata: { name, namespace: 'kube-system' },
    spec: { holderIdentity, renewTime, leaseDurationSeconds: 15 },
  });
  const state = stateOf({
    leases: [
      lease('kube-controller-manager', 'ep-1-east-control-plane_8c5f3a', '2026-01-01T00:00:10.250000Z'),
      lease('kube-scheduler', '', '2026-01-01T00:00:10.250000Z'),
    ],
  });
  const at = (nowMs: number) => leaderFacts('east', state, nodeOf, { nowMs, epochMs });

  test('are named as their node in the topology', () => {
    expect(values(at(12_000))).toEqual({ 'controller.leader': 'east-control-plane', 'scheduler.leader': null });
  });

  test('that stop renewing lead no more, from when the next renewal was due', () => {
    expect(at(15_250)[0]!.value).toBe('east-control-plane');
    expect(at(15_251)[0]).toMatchObject({ value: null, atMs: 12_250 });
  });

  test('without a lease are nobody', () => {
    expect(values(leaderFacts('east', stateOf({}), nodeOf, { nowMs: 0, epochMs }))).toEqual({
      'controller.leader': null,
      'scheduler.leader': null,
    });
  });
});
