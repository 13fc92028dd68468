import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worker, workloadOf, workloadWorld } from './world.ts';

type World = ReturnType<typeof workloadWorld>;

const names = ['orders', 'db', 'agent'] as const;
const workerName = fc.integer({ min: 1, max: 4 }).map(worker);
const anyNode = fc.oneof(
  workerName,
  fc.constantFrom('east-control-plane', 'east-control-plane2', 'east-control-plane3'),
);
const onPod = (act: (world: World, pod: ReturnType<World['pods']>[number]) => void) =>
  fc.tuple(fc.constantFrom(...names), fc.nat(5)).map(([name, i]) => (world: World) => {
    const pod = world.pods(name)[i % Math.max(1, world.pods(name).length)];
    if (pod !== undefined) act(world, pod);
  });

/** One thing done to the world. */
const operation: fc.Arbitrary<(world: World) => void> = fc.oneof(
  onPod((world, pod) => world.workloads.killMain(pod)),
  onPod((world, pod) => world.workloads.delete(pod)),
  onPod((world, pod) => world.workloads.hang(pod, true)),
  onPod((world, pod) => world.workloads.hold(pod, true)),
  fc.tuple(anyNode, fc.constantFrom('off', 'frozen', 'on')).map(
    ([node, power]) =>
      (world: World) =>
        world.machines.setPower(node, power as 'on'),
  ),
  fc.tuple(anyNode, fc.constantFrom('kubelet', 'containerd'), fc.constantFrom('kill', 'hold', 'pause')).map(
    ([node, component, how]) =>
      (world: World) =>
        world.machines[how as 'kill'](node, component as 'kubelet'),
  ),
  workerName.map((node) => (world: World) => world.network.cutNode(node, undefined, 'both')),
  workerName.map((node) => (world: World) => world.network.restoreNode(node, undefined, 'both')),
  workerName.map((node) => (world: World) => world.workloads.drain(node)),
  workerName.map((node) => (world: World) => world.nodes.setOutOfService(node, true)),
  fc.integer({ min: 1, max: 9 }).map((n) => (world: World) => world.workloads.scale('east', 'orders', n)),
  fc
    .constantFrom('good', 'never-ready', 'crash', 'errors')
    .map(
      (quality) => (world: World) => world.workloads.release('east', 'orders', `orders:${quality}`, quality as 'good'),
    ),
  fc.constant((world: World) => world.workloads.rollback('east', 'orders')),
  fc.constant((world: World) => void world.etcd.snapshot('east')),
  fc.constant((world: World) => void world.etcd.restore('east')),
  fc
    .constantFrom('kube-scheduler', 'kube-controller-manager', 'etcd')
    .map((component) => (world: World) => world.machines.hold('east-control-plane', component as 'etcd')),
);

function restore(world: World): void {
  for (const { name } of world.east.nodes) {
    world.machines.setPower(name, 'on');
    for (const component of ['kubelet', 'containerd', 'etcd', 'kube-controller-manager', 'kube-scheduler'] as const) {
      world.machines.release(name, component);
      world.machines.resume(name, component);
    }
    world.network.restoreNode(name, undefined, 'both');
    world.nodes.cordon(name, false);
    world.nodes.setOutOfService(name, false);
  }
  for (const name of names)
    for (const pod of world.pods(name)) {
      world.workloads.hang(pod, false);
      world.workloads.hold(pod, false);
    }
  world.workloads.release('east', 'orders', 'orders:final', 'good');
}

/** Nobody may see two pods of one name, a ready pod without a node, or books that do not add up. */
function check(world: World): void {
  for (const name of names) {
    const pods = world.pods(name);
    expect(new Set(pods.map((pod) => pod.name)).size).toBe(pods.length);
    for (const pod of pods) if (pod.ready) expect(pod.node).toBeDefined();
    if (name !== 'agent') {
      const { total, ready } = world.status(name);
      expect(total).toBe(world.live(name).length);
      expect(ready).toBe(world.ready(name));
    }
  }
}

describe('workloads after everything was put right again', () => {
  it('are whole within 15 minutes, whatever was done to them', () => {
    const steps = fc.array(fc.tuple(operation, fc.integer({ min: 0, max: 90_000 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), steps, (seed, plan) => {
        const world = workloadWorld(
          [
            workloadOf('orders', { replicas: 4 }),
            workloadOf('db', { kind: 'StatefulSet', replicas: 2, template: { volumeClaims: ['data'] } }),
            workloadOf('agent', { kind: 'DaemonSet' }),
          ],
          { seed, workers: 4, controlPlanes: 3 },
        );
        expect(world.deployed()).toBeDefined();
        for (const [act, waitMs] of plan) {
          act(world);
          check(world);
          world.runFor(waitMs);
        }
        restore(world);
        check(world);
        world.runFor(2_000);
        expect(world.waitFor(world.allWhole, 900_000)).toBeDefined();
        world.runFor(700_000);
        check(world);
        expect(world.allWhole()).toBe(true);
        const used = world.east.nodes.reduce((sum, { name }) => sum + world.workloads.requestedCpu(name), 0);
        const live = names.reduce((sum, name) => sum + world.live(name).length, 0);
        expect(used).toBeCloseTo(live * 0.1, 6);
        for (const name of names) for (const pod of world.live(name)) expect(pod.truth).toBe('serving');
      }),
      { numRuns: 40 },
    );
  });
});
