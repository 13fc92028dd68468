import { describe, expect, it } from 'vitest';
import type { Autoscaler } from '../../../src/domain/autoscaler.ts';
import type { Site, Workload } from '../../../src/domain/topology.ts';
import { createKernel, createSignal } from '../../../src/sim/kernel.ts';
import type { Etcd, Pod } from '../../../src/sim/model.ts';
import { createAutoscaler } from '../../../src/sim/models/autoscaler.ts';

const spec: Autoscaler = {
  name: 'orders',
  namespace: 'shop',
  workload: 'orders',
  replicasMin: 2,
  replicasMax: 20,
  metrics: [{ kind: 'per-pod', metric: 'orders_per_second', target: 100 }],
  scaleUp: {
    stabilizationMs: 0,
    select: 'Max',
    policies: [
      { kind: 'Percent', value: 100, periodMs: 15_000 },
      { kind: 'Pods', value: 4, periodMs: 15_000 },
    ],
    toleranceRatio: 0.1,
  },
  scaleDown: {
    stabilizationMs: 300_000,
    select: 'Max',
    policies: [{ kind: 'Percent', value: 100, periodMs: 15_000 }],
    toleranceRatio: 0.1,
  },
};

/** A workload whose pods are ready 5 s after they are made, under a load that the test sets. */
function createWorld(changes: Partial<Autoscaler> = {}, seed = '7f3a') {
  const kernel = createKernel(seed);
  const podChanged = createSignal<Pod>();
  const restored: Etcd['restored'] = createSignal();
  const state = {
    loadRps: 0,
    leader: 'east-control-plane' as string | undefined,
    wanted: 2,
    scaled: [] as [number, number][],
  };
  let uid = 0;
  const pods: Pod[] = [];
  const add = () => {
    const pod = {
      uid: uid++,
      name: `orders-${uid}`,
      site: 'east',
      workload: 'orders',
      createdMs: kernel.now(),
      phase: 'Running',
      truth: 'serving',
      ready: false,
    } as Pod;
    pods.push(pod);
    kernel.after(5_000, () => {
      const index = pods.indexOf(pod);
      if (index < 0) return;
      pods[index] = { ...pod, ready: true, startedMs: kernel.now() - 5_000, readySinceMs: kernel.now() };
      podChanged.emit(pods[index]);
    });
  };
  const scale = (_site: string, _workload: string, replicas: number) => {
    state.wanted = replicas;
    state.scaled.push([kernel.now(), replicas]);
    while (pods.length < replicas) add();
    pods.length = replicas;
  };
  add();
  add();
  const share = () => state.loadRps / Math.max(1, pods.filter((pod) => pod.ready).length);
  const model = createAutoscaler(
    kernel,
    [{ name: 'east', autoscalers: [{ ...spec, ...changes }] } as unknown as Site],
    {
      controlPlane: { controllerManager: () => state.leader },
      machines: { identity: () => ({ pid: 1, startedMs: 0 }) },
      workloads: {
        podChanged,
        scale,
        pods: () => pods,
        status: () => ({ wanted: state.wanted }) as never,
        spec: () => ({ template: { utilisationCores: 0.5 } }) as Workload,
      },
      etcd: { restored },
      traffic: {
        servedRps: () => state.loadRps,
        cpuCores: (pod) => (pod.ready ? share() / 400 : 0),
        classOf: (pod) => (pod.ready ? 'ready' : 'not ready'),
        regrouped: () => 0,
      },
    },
  );
  const run = (untilMs: number) => {
    kernel.at(untilMs, () => {});
    while (kernel.step(untilMs));
  };
  return { kernel, model, state, restored, run };
}

describe('the autoscaler', () => {
  it('wants nothing before its first pass, then what is set', () => {
    const world = createWorld();
    expect(world.model.wanted('east', 'orders')).toBeUndefined();
    world.run(15_000);
    expect(world.model.wanted('east', 'orders')).toBe(2);
    expect(world.model.wanted('west', 'orders')).toBeUndefined();
  });

  it('notices a step of load within 30 s and grows to what is needed by doublings', () => {
    for (const seed of ['1', '2', '3', '4', '5']) {
      const world = createWorld({}, seed);
      world.state.loadRps = 200;
      world.run(100_000);
      expect(world.state.scaled).toEqual([]);
      world.state.loadRps = 1_400;
      world.run(400_000);
      expect(world.state.scaled[0]![0] - 100_000).toBeLessThanOrEqual(30_000);
      expect(world.state.scaled.map(([, replicas]) => replicas)).toEqual([6, 12, 14]);
      expect(world.state.wanted).toBe(14);
    }
  });

  it('goes back to the lower bound of the snapshot when etcd is restored, in that site only', () => {
    const world = createWorld({ scaleDown: { ...spec.scaleDown, stabilizationMs: 0 } });
    world.run(50_000);
    world.model.setReplicasMin('east', 'orders', 8);
    world.run(100_000);
    expect(world.state.wanted).toBe(8);
    world.restored.emit({ site: 'west', snapshotMs: 40_000 });
    world.run(150_000);
    expect(world.state.wanted).toBe(8);
    world.restored.emit({ site: 'east', snapshotMs: 40_000 });
    world.run(200_000);
    expect(world.state.wanted).toBe(2);
  });

  it('without an acting controller-manager nothing scales; a new one forgets the windows of the old', () => {
    const world = createWorld();
    world.state.loadRps = 1_400;
    world.run(120_000);
    expect(world.state.wanted).toBe(14);
    world.state.loadRps = 200;
    world.state.leader = undefined;
    world.run(600_000);
    expect(world.state.wanted).toBe(14);
    world.state.leader = 'east-control-plane2';
    world.run(880_000);
    expect(world.state.wanted).toBe(14);
    world.run(960_000);
    expect(world.state.wanted).toBe(2);
  });

  it('growth by CPU waits for the samples of new pods', () => {
    const metrics = [{ kind: 'cpu-utilisation', targetRatio: 0.5 }] as const;
    const world = createWorld({ metrics });
    world.state.loadRps = 200;
    world.run(100_000);
    world.state.loadRps = 1_400;
    world.run(600_000);
    expect(world.state.wanted).toBe(14);
    const gaps = world.state.scaled.slice(1).map(([at], i) => at - world.state.scaled[i]![0]);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(15_000);
  });

  it('tells that it is limited, and of each change once', () => {
    const world = createWorld({ replicasMax: 5 });
    const told: [number | undefined, boolean][] = [];
    world.model.changed.on(
      ({ site, workload }) => void told.push([world.model.wanted(site, workload), world.model.limited(site, workload)]),
    );
    world.state.loadRps = 1_400;
    world.run(300_000);
    expect(told).toEqual([
      [2, false],
      [5, true],
    ]);
  });

  it('a raised lower bound is reached at the next pass, a lowered one after the window', () => {
    const world = createWorld();
    world.run(60_000);
    world.model.setReplicasMin('east', 'orders', 12);
    world.run(75_000);
    expect(world.state.wanted).toBe(12);
    world.model.setReplicasMin('east', 'orders', 3);
    world.run(420_000);
    expect(world.state.wanted).toBe(3);
    world.model.setReplicasMin('east', 'orders', 500);
    world.run(440_000);
    expect(world.state.wanted).toBe(20);
  });

  it('a workload at 0 stays at 0', () => {
    const world = createWorld();
    world.state.wanted = 0;
    world.state.loadRps = 5_000;
    world.run(300_000);
    expect(world.state.scaled).toEqual([]);
    expect(world.model.wanted('east', 'orders')).toBe(0);
  });
});
