/** What the field knows of things that meet: versions and silences, controllers and dead nodes, disks and commits. */
import { describe, expect, it } from 'vitest';
import type { Component } from '../../../src/domain/action.ts';
import { app, bears, cluster, constantly, field, oneSite, overSeeds, readiness, servedBy } from './field.ts';

const topology = (controlPlanes: number, workers: number, minor = 34, ...manifests: string[]) =>
  oneSite(cluster(controlPlanes, workers, { minor }), ...manifests);
const shop = [app('shop', { pod: bears(5) }), servedBy('shop')];
type Field = ReturnType<typeof field>;
const names = (f: Field, role: 'control-plane' | 'worker') =>
  f.world.nodes.list('site').flatMap(({ spec }) => (spec.role === role ? [spec.name] : []));
const on = (node: string, component: Component) => ({ on: 'component', component, site: 'site', node }) as const;
const release = (f: Field, workload: string) =>
  f.act('workload.release', { on: 'workload', site: 'site', workload }, { image: `${workload}:2` });
const seenUnknown = (f: Field, nodes: readonly string[], forMs: number) => {
  const seen = new Set<string>();
  const look = () => {
    for (const node of nodes) if (f.world.nodes.get(node).ready === 'Unknown') seen.add(node);
  };
  f.world.nodes.changed.on(look);
  f.wait(forMs);
  return seen.size;
};

describe('a control plane that freezes', () => {
  const workersLost = async (minor: number) => {
    const shape = await topology(3, 6, minor, ...shop);
    return overSeeds(12, (seed) => {
      const f = field(shape, seed);
      f.node(names(f, 'control-plane')[0]!, 'node.pause');
      return seenUnknown(f, names(f, 'worker'), 120_000);
    }).reduce((all, count) => all + count, 0);
  };

  it('takes 45 s to be noticed by kubelets that talk to it: longer than the grace of 1.31, shorter than that of 1.34', async () => {
    expect(await workersLost(31)).toBeGreaterThan(0);
    expect(await workersLost(34)).toBe(0);
  });
});

describe('an API server that stays down', () => {
  it.each([
    [31, 'True'],
    [34, 'Unknown'],
  ])('leaves its own node %i: Ready=%s; from 1.33 its kubelet has no other', async (minor, ready) => {
    const f = field(await topology(3, 2, minor, ...shop));
    const leader = f.world.controlPlane.leaseHolder('site', 'kube-controller-manager');
    const node = names(f, 'control-plane').find((name) => name !== leader)!;
    f.act('process.hold', on(node, 'kube-apiserver'));
    f.wait(120_000);
    expect(f.world.nodes.get(node).ready).toBe(ready);
    expect(names(f, 'worker').map((name) => f.world.nodes.get(name).ready)).toEqual(['True', 'True']);
  });
});

describe('a controller-manager that freezes while it leads', () => {
  it('is succeeded after its lease, and ends when it wakes: never two of them', async () => {
    const f = field(await topology(3, 2, 34, ...shop));
    const old = f.world.controlPlane.leaseHolder('site', 'kube-controller-manager')!;
    const { pid } = f.world.machines.identity(old, 'kube-controller-manager')!;
    f.act('process.pause', on(old, 'kube-controller-manager'));
    f.until(() => f.world.controlPlane.controllerManager('site') !== undefined);
    const successor = f.world.controlPlane.controllerManager('site');
    expect(successor).not.toBe(old);
    f.act('process.resume', on(old, 'kube-controller-manager'));
    f.wait(20_000);
    expect(f.world.machines.identity(old, 'kube-controller-manager')?.pid).not.toBe(pid);
    expect(f.world.controlPlane.controllerManager('site')).toBe(successor);
  });
});

describe('slow disks of etcd', () => {
  const commitMs = async (slow: (f: Field, leader: string) => readonly string[], fsyncMs: number) => {
    const f = field(await topology(3, 1, 34, ...shop));
    const leader = f.world.etcd.leader('site')!;
    for (const node of slow(f, leader)) f.act('disk.stall', on(node, 'etcd'), { fsyncMs });
    f.wait(20_000);
    return {
      ms: f.world.etcd.answer(f.world.etcd.leader('site')!).commitMs,
      same: f.world.etcd.leader('site') === leader,
    };
  };

  it('one follower slows no commit', async () => {
    const slowed = await commitMs(
      (f, leader) =>
        names(f, 'control-plane')
          .filter((n) => n !== leader)
          .slice(0, 1),
      500,
    );
    expect(slowed.ms).toBeLessThan(20);
    expect(slowed.same).toBe(true);
  });

  it('both followers slow every commit to theirs', async () => {
    const slowed = await commitMs((f, leader) => names(f, 'control-plane').filter((n) => n !== leader), 500);
    expect(slowed.ms).toBeGreaterThanOrEqual(500);
    expect(slowed.ms).toBeLessThan(1_600);
  });

  it('a few hundred ms cost no election: heartbeats do not wait for the disk that long', async () => {
    expect((await commitMs((_, leader) => [leader], 300)).same).toBe(true);
  });
});

describe('a dead node under', () => {
  it("a DaemonSet's update with maxUnavailable 1: its pod is the one that may be missing, nobody else is updated", async () => {
    const f = field(await topology(1, 3, 34, app('agent', { kind: 'DaemonSet' }), servedBy('agent')));
    f.node('site-worker', 'node.kill');
    f.wait(120_000);
    release(f, 'agent');
    f.wait(600_000);
    const updated = () => f.pods('agent').filter(({ revision, deletedMs }) => revision > 1 && deletedMs === undefined);
    expect(updated()).toEqual([]);
    f.node('site-worker', 'node.start');
    expect(f.until(() => f.world.workloads.status('site', 'agent').rolledOut)).toBeLessThan(180_000);
  });

  it('a Deployment update: rolls out past it', async () => {
    const patient = [app('shop', { replicas: 3 }), servedBy('shop')];
    const f = field(await topology(1, 3, 34, ...patient));
    f.node(f.pods('shop')[0]!.node!, 'node.kill');
    f.wait(120_000);
    release(f, 'shop');
    expect(f.until(() => f.ready('shop') === 3 && f.world.workloads.status('site', 'shop').updated === 3)).toBeLessThan(
      120_000,
    );
  });

  it('an ordered StatefulSet: scaling out waits for the pod that is not ready', async () => {
    const f = field(await topology(1, 3, 34, app('db', { kind: 'StatefulSet', replicas: 2 })));
    f.node(f.pods('db').find(({ name }) => name === 'db-0')!.node!, 'node.kill');
    f.wait(70_000);
    f.act('workload.scale', { on: 'workload', site: 'site', workload: 'db' }, { replicas: 4 });
    f.wait(200_000);
    expect(f.pods('db').length).toBe(2);
  });
});

describe('a node that is back', () => {
  it('before the tolerations end keeps its pods, each restarted once', async () => {
    const f = field(await topology(1, 3, 34, app('shop'), servedBy('shop')));
    const { node, uid } = f.pods('shop')[0]!;
    f.node(node!, 'node.kill');
    f.wait(200_000);
    f.node(node!, 'node.start');
    expect(f.until(() => f.ready('shop') === 3)).toBeLessThan(60_000);
    expect(f.pods('shop').find((pod) => pod.uid === uid)).toMatchObject({ restarts: 1, deletedMs: undefined });
    expect(f.pods('shop').length).toBe(3);
  });

  it('a kubelet that is killed is back by systemd within seconds, and no pod feels it', async () => {
    const f = field(await topology(1, 3, 34, ...shop));
    const { node } = f.pods('shop')[0]!;
    f.act('process.kill', on(node!, 'kubelet'));
    expect(f.until(() => f.world.machines.process(node!, 'kubelet') === 'running')).toBeLessThan(2_000);
    f.wait(120_000);
    expect(f.pods('shop').every(({ restarts, ready }) => restarts === 0 && ready)).toBe(true);
    expect(f.world.nodes.get(node!).ready).toBe('True');
  });
});

describe('an autoscaler of two metrics', () => {
  it('follows the one that asks for more', async () => {
    const hpa = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: shop }
  minReplicas: 2
  maxReplicas: 50
  metrics:
    - { type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }
    - { type: Pods, pods: { metric: { name: orders_per_second }, target: { type: AverageValue, averageValue: '10' } } }
`;
    const container = `${readiness}\nresources: { requests: { cpu: 100m } }`;
    const says = { 'service-time-ms': '5', concurrency: '50', 'cpu-ms': '1' };
    const f = field(
      await topology(
        1,
        3,
        34,
        app('shop', { replicas: 2, says, container }),
        servedBy('shop', { serves: 'shop' }),
        hpa,
      ),
    );
    f.world.traffic.start(constantly(100));
    f.wait(240_000);
    expect(f.world.workloads.status('site', 'shop').wanted).toBe(10);
  });
});

describe('out of service', () => {
  it('said of a node that is well evicts what does not tolerate it, and forces nothing', async () => {
    const f = field(await topology(1, 3, 34, app('shop'), servedBy('shop')));
    const { node } = f.pods('shop')[0]!;
    f.node(node!, 'node.out-of-service');
    f.wait(60_000);
    expect(f.pods('shop').some((pod) => pod.node === node)).toBe(false);
    expect(f.ready('shop')).toBe(3);
  });
});
