import { describe, expect, it } from 'vitest';
import type { Toleration } from '../../../src/domain/topology.ts';
import { probeOf, worker, workloadOf, workloadWorld } from './workloads/world.ts';

const tolerate = (seconds: number): readonly Toleration[] =>
  ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
    key,
    operator: 'Exists',
    value: '',
    effect: 'NoExecute',
    seconds,
  }));

/** Pods of the workload on the node that are not being deleted. */
const on = (world: ReturnType<typeof workloadWorld>, name: string, node: string) =>
  world.live(name).filter((pod) => pod.node === node);

describe('workloads that are deployed', () => {
  it('a deployment of three is whole within seconds, one pod per worker', () => {
    const world = workloadWorld([workloadOf('orders')]);
    const at = world.deployed();
    expect(at).toBeGreaterThan(2_000);
    expect(at).toBeLessThan(12_000);
    expect(new Set(world.live('orders').map((pod) => pod.node)).size).toBe(3);
    expect(world.live('orders').every((pod) => pod.truth === 'serving')).toBe(true);
  });

  it('cost no event while nothing changes', () => {
    const kinds = (['Deployment', 'StatefulSet', 'DaemonSet'] as const).map((kind) =>
      workloadOf(kind.toLowerCase(), { kind, template: { liveness: probeOf(), startup: probeOf() } }),
    );
    const world = workloadWorld(kinds);
    world.deployed();
    world.runFor(1_000_000); // deadlines of the rollout pass
    const before = world.events();
    world.runFor(3_600_000);
    expect(world.events() - before).toBeLessThan(5);
  });

  it('500 pods take about (500 − 30) ÷ 20 s to be created', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 500 })], { workers: 10 });
    world.workloads.deploy('east');
    const at = world.waitFor(() => world.pods('orders').length === 500)!;
    expect(at).toBeGreaterThan(23_000);
    expect(at).toBeLessThan(25_000);
  });

  it('nothing is created without a controller-manager, nothing placed without a scheduler', () => {
    const world = workloadWorld([workloadOf('orders')]);
    world.machines.hold('east-control-plane', 'kube-controller-manager');
    world.machines.hold('east-control-plane', 'kube-scheduler');
    world.runFor(20_000);
    world.workloads.deploy('east');
    world.runFor(60_000);
    expect(world.pods('orders')).toHaveLength(0);
    world.machines.release('east-control-plane', 'kube-controller-manager');
    world.runFor(60_000);
    expect(world.pods('orders').map((pod) => pod.node)).toEqual([undefined, undefined, undefined]);
    world.machines.release('east-control-plane', 'kube-scheduler');
    expect(world.waitFor(() => world.whole('orders'), 60_000)).toBeDefined();
  });
});

describe('pods that are hurt', () => {
  it('a killed main process refuses at once, is restarted in place within 1 to 3 s and ready after its probe', () => {
    const world = workloadWorld([workloadOf('orders')]);
    world.deployed();
    const pod = world.live('orders')[0]!;
    const killedMs = world.kernel.now();
    world.workloads.killMain(pod);
    expect(pod.truth).toBe('refusing');
    world.waitFor(() => !pod.ready);
    expect(world.kernel.now() - killedMs).toBeLessThanOrEqual(1_000);
    world.waitFor(() => pod.restarts === 1);
    expect(world.kernel.now() - killedMs).toBeLessThanOrEqual(5_000);
    world.waitFor(() => pod.ready);
    expect(pod.truth).toBe('serving');
    expect(world.kernel.now() - killedMs).toBeLessThan(10_000);
    expect(world.pods('orders')).toHaveLength(3);
  });

  it('a pod killed again and again waits 0, 10, 20, 40 s', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 1 })]);
    world.deployed();
    const pod = world.live('orders')[0]!;
    const waits = [1, 2, 3, 4].map((times) => {
      const killedMs = world.kernel.now();
      world.workloads.killMain(pod);
      world.waitFor(() => pod.restarts === times);
      return Math.floor((world.kernel.now() - killedMs) / 10_000) * 10;
    });
    expect(waits).toEqual([0, 10, 20, 40]);
  });

  it('a hung process is silent, loses readiness after its probes and is restarted by liveness', () => {
    const liveness = probeOf({ periodSeconds: 10 });
    const world = workloadWorld([workloadOf('orders', { template: { liveness, terminationGraceSeconds: 5 } })]);
    world.deployed();
    const pod = world.live('orders')[0]!;
    const hungMs = world.kernel.now();
    world.workloads.hang(pod, true);
    expect(pod.truth).toBe('silent');
    const unreadyMs = world.waitFor(() => !pod.ready)! - hungMs;
    expect(unreadyMs).toBeGreaterThan(4_000); // 2 × 2 s + 1 s at least
    expect(unreadyMs).toBeLessThanOrEqual(7_000);
    const restartMs = world.waitFor(() => pod.restarts === 1)! - hungMs;
    expect(restartMs).toBeGreaterThan(26_000); // 2 × 10 + 1 + 5 s grace
    expect(restartMs).toBeLessThan(41_000);
    expect(world.waitFor(() => pod.ready && pod.truth === 'serving', 10_000)).toBeDefined();
  });

  it('without probes a hung process stays in rotation for ever', () => {
    const world = workloadWorld([workloadOf('orders')]);
    const bare = workloadOf('bare');
    const { readiness: _, ...template } = bare.template;
    const other = workloadWorld([{ ...bare, template }]);
    other.deployed();
    const pod = other.live('bare')[0]!;
    other.workloads.hang(pod, true);
    other.runFor(1_800_000);
    expect([pod.ready, pod.truth, pod.restarts]).toEqual([true, 'silent', 0]);
    expect(world.pods('orders')).toHaveLength(0);
  });

  it('without a readiness probe a pod is ready before it serves', () => {
    const bare = workloadOf('bare', { replicas: 1, behaviour: { startupMs: 20_000 } });
    const { readiness: _, ...template } = bare.template;
    const world = workloadWorld([{ ...bare, template }]);
    world.workloads.deploy('east');
    world.waitFor(() => world.ready('bare') === 1);
    expect(world.live('bare')[0]!.truth).toBe('refusing');
    world.runFor(21_000);
    expect(world.live('bare')[0]!.truth).toBe('serving');
  });

  it('liveness without a start-up probe kills a slow starter, a start-up probe protects it', () => {
    const liveness = probeOf({ periodSeconds: 5 });
    const behaviour = { startupMs: 60_000 };
    const slow = workloadOf('slow', { replicas: 1, template: { liveness }, behaviour });
    const startup = probeOf({ periodSeconds: 5, failureThreshold: 30 });
    const safe = workloadOf('safe', { replicas: 1, template: { liveness, startup }, behaviour });
    const world = workloadWorld([slow, safe]);
    world.workloads.deploy('east');
    world.runFor(600_000);
    expect(world.live('slow')[0]!.restarts).toBeGreaterThan(3);
    expect(world.ready('slow')).toBe(0);
    expect([world.ready('safe'), world.live('safe')[0]!.restarts]).toEqual([1, 0]);
  });

  it('a held main process stays down until it is released', () => {
    const world = workloadWorld([workloadOf('orders', { kind: 'StatefulSet', replicas: 1 })]);
    world.deployed();
    const pod = world.live('orders')[0]!;
    world.workloads.hold(pod, true);
    world.runFor(600_000);
    expect([pod.truth, pod.ready, pod.restarts]).toEqual(['refusing', false, 0]);
    world.workloads.hold(pod, false);
    expect(world.waitFor(() => pod.ready, 15_000)).toBeDefined();
  });

  it('a deleted pod serves during preStop, is replaced at once and gone when it has finished', () => {
    const world = workloadWorld([workloadOf('orders', { template: { preStopSeconds: 5 } })]);
    world.deployed();
    const pod = world.live('orders')[0]!;
    const deletedMs = world.kernel.now();
    world.workloads.delete(pod);
    expect(pod.deletedMs).toBe(deletedMs);
    world.waitFor(() => world.pods('orders').length === 4);
    expect(world.kernel.now() - deletedMs).toBeLessThan(500);
    world.runTo(deletedMs + 5_000);
    expect(pod.truth).toBe('serving');
    world.runTo(deletedMs + 5_400);
    expect(pod.truth).toBe('refusing');
    expect(world.waitFor(() => world.pods('orders').length === 3, 3_000)).toBeDefined();
    expect(world.workloads.find(pod.name, 'east')).toBeUndefined();
  });

  it('a hung pod that is deleted goes only after its grace period', () => {
    const world = workloadWorld([workloadOf('orders')]);
    world.deployed();
    const pod = world.live('orders')[0]!;
    world.workloads.hang(pod, true);
    world.workloads.delete(pod);
    const goneMs = world.waitFor(() => world.workloads.find(pod.name, 'east') === undefined)! - pod.deletedMs!;
    expect(goneMs).toBeGreaterThan(30_000);
    expect(goneMs).toBeLessThan(33_000);
  });

  it('a new image is pulled where it is missing, one pull after the other', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 2, behaviour: { imagePullMs: 20_000 } })], {
      workers: 1,
    });
    const at = world.deployed()!;
    expect(at).toBeGreaterThan(40_000);
    world.workloads.delete(world.live('orders')[0]!);
    const startMs = world.kernel.now();
    world.runFor(1_000);
    world.waitFor(() => world.whole('orders'));
    expect(world.kernel.now() - startMs).toBeLessThan(10_000);
  });
});

describe('a node that is lost', () => {
  it('silences its pods at once, makes them unready with the node, and has them replaced after their toleration', () => {
    const world = workloadWorld([workloadOf('orders', { template: { tolerations: tolerate(30) } })], { workers: 4 });
    world.deployed();
    const pod = world.live('orders')[0]!;
    world.machines.setPower(pod.node!, 'off');
    const lostMs = world.kernel.now();
    expect(pod.truth).toBe('silent');
    const unreadyMs = world.waitFor(() => !pod.ready)! - lostMs;
    expect(unreadyMs).toBeGreaterThanOrEqual(40_000);
    expect(unreadyMs).toBeLessThanOrEqual(55_500);
    world.waitFor(() => pod.deletedMs !== undefined);
    expect(pod.deletedMs! - lostMs - unreadyMs).toBeGreaterThanOrEqual(29_500);
    expect(pod.deletedMs! - lostMs - unreadyMs).toBeLessThanOrEqual(30_500);
    world.waitFor(() => world.whole('orders'));
    expect(world.kernel.now() - pod.deletedMs!).toBeLessThan(8_000);
    expect(world.pods('orders')).toContain(pod);
  });

  it('replaces after 300 s when the pod names no toleration', () => {
    const world = workloadWorld([workloadOf('orders')], { workers: 4 });
    world.deployed();
    const pod = world.live('orders')[0]!;
    world.machines.setPower(pod.node!, 'off');
    const taintedMs = world.waitFor(() => world.nodes.get(pod.node!).noExecuteSinceMs !== undefined)!;
    world.waitFor(() => pod.deletedMs !== undefined);
    expect(pod.deletedMs! - taintedMs).toBe(300_000);
  });

  it('has its pods marked at the pace of one client: 110 of them take about 4 s', () => {
    const world = workloadWorld(
      [
        workloadOf('orders', {
          replicas: 110,
          template: { nodeSelector: { big: 'yes' }, requests: { cpuCores: 0, memoryMiB: 0 } },
        }),
      ],
      {
        node: (_, i) => (i === 1 ? { labels: { big: 'yes' } } : {}),
      },
    );
    world.deployed();
    world.machines.setPower(worker(1), 'off');
    const startMs = world.waitFor(() => world.nodes.get(worker(1)).ready === 'Unknown')!;
    const endMs = world.waitFor(() => world.ready('orders') === 0)!;
    expect(endMs - startMs).toBe(4_000);
  });

  it("by its kubelet's own word keeps its pods in rotation: they run and answer", () => {
    const world = workloadWorld([workloadOf('orders')], { workers: 4 });
    world.deployed();
    const pod = world.live('orders')[0]!;
    world.machines.hold(pod.node!, 'containerd');
    world.runFor(200_000);
    expect(world.nodes.get(pod.node!).ready).toBe('False');
    expect([pod.ready, pod.truth]).toEqual([true, 'serving']);
    expect(world.waitFor(() => pod.deletedMs !== undefined, 300_000)).toBeDefined();
  });

  it('has its kubelet correct pods that were marked while it came back', () => {
    const template = { nodeSelector: { big: 'yes' }, requests: { cpuCores: 0, memoryMiB: 0 } };
    const node = (_: unknown, i: number) => (i === 1 ? { labels: { big: 'yes' } } : {});
    let corrected = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const world = workloadWorld([workloadOf('orders', { replicas: 60, template })], { node, seed });
      world.deployed();
      world.network.cutNode(worker(1), undefined, 'both');
      world.runFor(44_000);
      world.workloads.podChanged.on((pod) => {
        if (!pod.ready && world.controlPlane.kubeletConnected(worker(1))) corrected++;
      });
      world.network.restoreNode(worker(1), undefined, 'both');
      world.runFor(90_000);
      expect(world.ready('orders')).toBe(60);
    }
    expect(corrected).toBeGreaterThan(0);
  });

  it('loses no further pod once the controller-manager is gone in the middle of the eviction', () => {
    const template = {
      nodeSelector: { big: 'yes' },
      requests: { cpuCores: 0, memoryMiB: 0 },
      tolerations: tolerate(0),
    };
    const world = workloadWorld([workloadOf('orders', { replicas: 110, template })], {
      node: (_, i) => (i === 1 ? { labels: { big: 'yes' } } : {}),
    });
    world.deployed();
    world.machines.setPower(worker(1), 'off');
    world.waitFor(() => world.live('orders').length < 90);
    world.machines.hold('east-control-plane', 'kube-controller-manager');
    const left = world.live('orders').filter((pod) => pod.node === worker(1)).length;
    world.runFor(60_000);
    expect(world.live('orders').filter((pod) => pod.node === worker(1))).toHaveLength(left);
    expect(left).toBeGreaterThan(10);
  });

  it('forgets crash back-off: the memory of its kubelet is gone', () => {
    const world = workloadWorld([workloadOf('orders', { replicas: 1 })]);
    world.deployed();
    const pod = world.live('orders')[0]!;
    for (let times = 1; times <= 4; times++) {
      world.workloads.killMain(pod);
      world.waitFor(() => pod.restarts === times);
    }
    world.machines.setPower(pod.node!, 'off');
    world.runFor(1_000);
    world.machines.setPower(pod.node!, 'on');
    expect(world.waitFor(() => pod.restarts === 5 && pod.ready, 60_000)).toBeDefined();
    world.workloads.killMain(pod);
    expect(world.waitFor(() => pod.restarts === 6, 5_000)).toBeDefined();
  });

  it('keeps its pods when it returns in time, with one more restart', () => {
    const world = workloadWorld([workloadOf('orders')], { workers: 4 });
    world.deployed();
    const pod = world.live('orders')[0]!;
    const names = world.pods('orders').map(({ name }) => name);
    world.machines.setPower(pod.node!, 'off');
    world.runFor(120_000);
    world.machines.setPower(pod.node!, 'on');
    expect(world.waitFor(() => world.whole('orders'), 60_000)).toBeDefined();
    world.runFor(600_000);
    expect(world.pods('orders').map(({ name }) => name)).toEqual(names);
    expect(pod.restarts).toBe(1);
  });

  it('that was only frozen goes on where it stopped', () => {
    const world = workloadWorld([workloadOf('orders')], { workers: 4 });
    world.deployed();
    const pod = world.live('orders')[0]!;
    world.machines.setPower(pod.node!, 'frozen');
    expect(pod.truth).toBe('silent');
    world.runFor(100_000);
    expect(pod.ready).toBe(false);
    world.machines.setPower(pod.node!, 'on');
    expect(pod.truth).toBe('serving');
    expect(world.waitFor(() => pod.ready, 60_000)).toBeDefined();
    expect(pod.restarts).toBe(0);
  });

  it('that returns after eviction has old pods run beside their replacements for a while, then they go', () => {
    const world = workloadWorld(
      [workloadOf('orders', { template: { tolerations: tolerate(10), preStopSeconds: 3 } })],
      {
        workers: 4,
      },
    );
    world.deployed();
    const pod = world.live('orders')[0]!;
    world.network.cutNode(pod.node!, undefined, 'both');
    world.waitFor(() => pod.deletedMs !== undefined);
    world.waitFor(() => world.whole('orders'));
    world.runFor(60_000);
    expect(pod.truth).toBe('serving'); // its machine runs it, whoever reaches it
    world.network.restoreNode(pod.node!, undefined, 'both');
    expect(world.waitFor(() => world.pods('orders').length === 3, 60_000)).toBeDefined();
  });

  it('never has its DaemonSet pod evicted, and that pod resumes with the node', () => {
    const world = workloadWorld([workloadOf('agent', { kind: 'DaemonSet', template: { tolerations: [] } })]);
    world.deployed();
    const pod = on(world, 'agent', worker(1))[0]!;
    world.machines.setPower(worker(1), 'off');
    world.runFor(1_800_000);
    expect(pod.deletedMs).toBeUndefined();
    expect(pod.ready).toBe(false);
    world.machines.setPower(worker(1), 'on');
    world.waitFor(() => world.whole('agent') && world.status('agent').wanted === 3, 60_000);
    expect([pod.ready, pod.restarts]).toEqual([true, 1]);
  });

  it('keeps the identity of its StatefulSet pod until the node is back', () => {
    const world = workloadWorld([workloadOf('db', { kind: 'StatefulSet', replicas: 2 })], { workers: 4 });
    world.deployed();
    const pod = world.live('db')[0]!;
    world.machines.setPower(pod.node!, 'off');
    world.runFor(1_800_000);
    expect(pod.deletedMs).toBeDefined();
    expect(world.pods('db')).toHaveLength(2);
    expect(world.ready('db')).toBe(1);
    world.machines.setPower(pod.node!, 'on');
    expect(world.waitFor(() => world.whole('db'), 60_000)).toBeDefined();
    expect(
      world
        .live('db')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['db-0', 'db-1']);
    expect(world.live('db')).not.toContain(pod);
  });

  it('frees the identity within 20 s and a start when it is declared out of service', () => {
    const world = workloadWorld([workloadOf('db', { kind: 'StatefulSet', replicas: 2 })], { workers: 4 });
    world.deployed();
    const pod = world.live('db')[0]!;
    world.machines.setPower(pod.node!, 'off');
    world.waitFor(() => world.nodes.get(pod.node!).ready === 'Unknown');
    world.runFor(30_000);
    world.nodes.setOutOfService(pod.node!, true);
    const startMs = world.kernel.now();
    world.runFor(100);
    expect(pod.deletedMs).toBeDefined();
    world.waitFor(() => world.whole('db'));
    expect(world.kernel.now() - startMs).toBeLessThan(30_000);
  });

  it('keeps a pod with a local volume waiting for that very node', () => {
    const world = workloadWorld(
      [workloadOf('db', { kind: 'StatefulSet', replicas: 1, template: { volumeClaims: ['data'] } })],
      { workers: 4 },
    );
    world.deployed();
    const { node } = world.live('db')[0]!;
    world.machines.setPower(node!, 'off');
    world.waitFor(() => world.nodes.get(node!).ready === 'Unknown');
    world.nodes.setOutOfService(node!, true);
    world.runFor(600_000);
    expect(world.live('db').map((pod) => [pod.phase, pod.node])).toEqual([['Pending', undefined]]);
    world.nodes.setOutOfService(node!, false);
    world.machines.setPower(node!, 'on');
    expect(world.waitFor(() => world.whole('db'), 120_000)).toBeDefined();
    expect(world.live('db')[0]!.node).toBe(node);
  });
});

describe('with the control plane gone', () => {
  it('pods go on serving, killed ones are restarted by their kubelet, nothing is replaced', () => {
    const world = workloadWorld([workloadOf('orders', { template: { tolerations: tolerate(0) } })], { workers: 4 });
    world.deployed();
    const [killed, lost] = world.live('orders');
    world.machines.setPower('east-control-plane', 'off');
    world.runFor(10_000);
    world.workloads.killMain(killed!);
    world.machines.setPower(lost!.node!, 'off');
    world.runFor(1_200_000);
    expect(killed!.truth).toBe('serving');
    expect([lost!.truth, lost!.ready, lost!.deletedMs]).toEqual(['silent', true, undefined]);
    expect(world.pods('orders')).toHaveLength(3);
    expect(world.live('orders').filter((pod) => pod.truth === 'serving')).toHaveLength(2);
    world.machines.setPower('east-control-plane', 'on');
    expect(world.waitFor(() => lost!.deletedMs !== undefined, 600_000)).toBeDefined();
    expect(world.waitFor(() => world.whole('orders'), 60_000)).toBeDefined();
  });

  it('what an operator asks waits until the API takes it', () => {
    const world = workloadWorld([workloadOf('orders')]);
    world.deployed();
    world.machines.setPower('east-control-plane', 'off');
    world.runFor(60_000);
    world.workloads.scale('east', 'orders', 5);
    expect(world.status('orders').wanted).toBe(3);
    world.machines.setPower('east-control-plane', 'on');
    expect(world.waitFor(() => world.status('orders').wanted === 5, 120_000)).toBeDefined();
    expect(world.waitFor(() => world.whole('orders'), 120_000)).toBeDefined();
  });
});
