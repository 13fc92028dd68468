/** What the field knows of lost nodes, asked of whole worlds. */
import { describe, expect, it } from 'vitest';
import { app, bears, cluster, field, mean, oneSite, overSeeds, readiness, servedBy } from './field.ts';

const deployed = (controlPlanes: number, workers: number, minor = 34, ...manifests: string[]) =>
  oneSite(cluster(controlPlanes, workers, { minor }), ...manifests);
const shop = (pod = '') => [app('shop', { pod }), servedBy('shop')];

describe('a worker that is paused', () => {
  it.each([
    [31, 37.5],
    [34, 47.5],
  ])('is NotReady 2.5 s before the grace is over, on average, with 1.%i', async (minor, seconds) => {
    const topology = await deployed(1, 3, minor, ...shop());
    const after = overSeeds(40, (seed) => {
      const { world, node, until } = field(topology, seed, 20_000 + 313 * Number.parseInt(seed, 16));
      node('site-worker', 'node.pause');
      return until(() => world.nodes.get('site-worker').ready === 'Unknown') / 1_000;
    });
    expect(mean(after)).toBeGreaterThan(seconds - 2);
    expect(mean(after)).toBeLessThan(seconds + 2);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(seconds - 7.5);
    expect(Math.max(...after)).toBeLessThanOrEqual(seconds + 7.6);
  });

  it.each([
    [31, 1],
    [33, 1],
    [34, 0],
  ])('is tainted one 5 s pass later before 1.34 (1.%i)', async (minor, passes) => {
    const { world, node, until } = field(await deployed(1, 3, minor, ...shop()));
    node('site-worker', 'node.pause');
    until(() => world.nodes.get('site-worker').ready === 'Unknown');
    const lag = until(() => world.nodes.get('site-worker').noExecuteSinceMs !== undefined);
    expect(lag).toBeGreaterThanOrEqual(passes * 5_000);
    expect(lag).toBeLessThanOrEqual(passes * 5_000 + 200);
  });

  it('loses its endpoints at NotReady, and its pods only tolerationSeconds later: 300 s unless they say otherwise', async () => {
    const topology = await deployed(1, 3, 34, ...shop(), app('hasty', { pod: bears(10) }));
    const { world, pods, node, until, now } = field(topology);
    const victim = pods('shop')[0]!.node!;
    const count = () => world.routing.targets('site', 'shop').length;
    node(victim, 'node.pause');
    until(() => world.nodes.get(victim).ready === 'Unknown');
    const notReadyMs = now();
    const asked = count();
    expect(until(() => count() < asked, 10_000)).toBeLessThan(3_000);
    until(() => pods('hasty').some(({ deletedMs }) => deletedMs !== undefined));
    expect((now() - notReadyMs) / 1_000).toBeCloseTo(10, -0.5);
    until(() => pods('shop').some(({ deletedMs }) => deletedMs !== undefined));
    expect(now() - notReadyMs).toBeGreaterThanOrEqual(300_000);
    expect(now() - notReadyMs).toBeLessThan(302_000);
    expect(until(() => pods('shop').filter((pod) => pod.ready).length === 3)).toBeLessThan(10_000);
  });

  it('has its replica back after some 350 s with 1.34 and 346 s with 1.31', async () => {
    for (const [minor, seconds] of [
      [31, 346],
      [34, 350],
    ] as const) {
      const topology = await deployed(1, 3, minor, ...shop());
      const after = overSeeds(12, (seed) => {
        const { ready, pods, node, until } = field(topology, seed);
        node(pods('shop')[0]!.node!, 'node.pause');
        until(() => ready('shop') < 3);
        return 0 + until(() => ready('shop') === 3) / 1_000;
      });
      // from NotReady on: 300 s, the taint's pass, and a start
      expect(mean(after)).toBeGreaterThan(seconds - (minor === 31 ? 37.5 : 47.5) - 8);
      expect(mean(after)).toBeLessThan(seconds - (minor === 31 ? 37.5 : 47.5) + 8);
    }
  });
});

describe('zones', () => {
  const lose = async (controlPlanes: number, workers: number, lost: number) => {
    const manifests = [app('shop', { replicas: workers * 2, pod: bears(0) }), servedBy('shop')];
    const f = field(await oneSite(cluster(controlPlanes, workers), ...manifests));
    for (const { spec } of f.world.nodes
      .list('site')
      .filter(({ spec }) => spec.role === 'worker')
      .slice(0, lost))
      f.node(spec.name, 'node.pause');
    f.wait(180_000);
    return f.world.nodes.list('site').filter(({ noExecuteSinceMs }) => noExecuteSinceMs !== undefined).length;
  };

  it('3 of 6 nodes lost: all three are tainted', async () => {
    expect(await lose(3, 3, 3)).toBe(3);
  });

  it('4 of 7 nodes lost: the zone stops, at most two were tainted before all were seen', async () => {
    expect(await lose(3, 4, 4)).toBeLessThanOrEqual(2);
  });

  it('a labelled zone that dies whole is evicted, one node each 10 s, while another lives', async () => {
    const zones = ['a', 'a', 'a', 'b', 'b', 'b', 'b'];
    const manifests = [app('shop', { replicas: 14, pod: bears(0) }), servedBy('shop')];
    const f = field(await oneSite(cluster(3, 7, { zones }), ...manifests));
    const dead = f.world.nodes.list('site').filter(({ spec }) => spec.labels['topology.kubernetes.io/zone'] === 'b');
    for (const { spec } of dead) f.node(spec.name, 'node.pause');
    f.wait(180_000);
    const since = dead.map(({ spec }) => f.world.nodes.get(spec.name).noExecuteSinceMs!).sort((a, b) => a - b);
    expect(since.every((ms) => ms !== undefined)).toBe(true);
    expect((since[3]! - since[0]!) / 1_000).toBeCloseTo(30, -0.5);
  });

  it('when every zone seems dead nothing is tainted, however long', async () => {
    const f = field(await oneSite(cluster(1, 3), ...shop(bears(0))));
    for (const { spec } of f.world.nodes.list('site').filter(({ spec }) => spec.role === 'worker'))
      f.act('process.hold', { on: 'component', component: 'kubelet', site: 'site', node: spec.name });
    f.act('process.hold', { on: 'component', component: 'kubelet', site: 'site', node: 'site-control-plane' });
    f.wait(400_000);
    expect(f.world.nodes.list('site').filter(({ noExecuteSinceMs }) => noExecuteSinceMs !== undefined)).toEqual([]);
    expect(f.world.nodes.list('site').every(({ ready }) => ready === 'Unknown')).toBe(true);
    expect(f.pods('shop').every(({ truth }) => truth === 'serving')).toBe(true);
  });
});

describe('what ran on a dead node', () => {
  it('a StatefulSet pod waits for ever, until its node is declared out of service', async () => {
    const f = field(await deployed(1, 3, 34, app('db', { kind: 'StatefulSet', replicas: 1, pod: bears(10) })));
    const home = f.pods('db')[0]!.node!;
    f.node(home, 'node.kill');
    f.wait(3_600_000);
    expect(f.pods('db').map(({ name, deletedMs }) => [name, deletedMs !== undefined])).toEqual([['db-0', true]]);
    f.node(home, 'node.out-of-service');
    expect(f.until(() => f.ready('db') === 1)).toBeLessThan(30_000);
    expect(f.pods('db')[0]!.node).not.toBe(home);
  });

  it('a DaemonSet pod is never deleted, and serves again when its node does', async () => {
    const f = field(await deployed(1, 3, 34, app('agent', { kind: 'DaemonSet' }), servedBy('agent')));
    const { uid } = f.pods('agent').find(({ node }) => node === 'site-worker2')!;
    const inRotation = () => f.world.routing.targets('site', 'agent').some((pod) => pod.uid === uid);
    f.node('site-worker2', 'node.kill');
    f.wait(1_200_000);
    expect(f.pods('agent').find((pod) => pod.uid === uid)).toMatchObject({ deletedMs: undefined, ready: false });
    expect(inRotation()).toBe(false);
    f.node('site-worker2', 'node.start');
    expect(f.until(inRotation)).toBeLessThan(60_000);
  });

  it('a disruption budget does not hold back taint eviction, but it does a drain', async () => {
    const budget =
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: shop }\nspec: { minAvailable: 3, selector: { matchLabels: { app: shop } } }\n';
    const topology = await deployed(1, 3, 34, app('shop', { pod: bears(5) }), servedBy('shop'), budget);
    const drained = field(topology);
    drained.node(drained.pods('shop')[0]!.node!, 'node.drain');
    drained.wait(600_000);
    expect(drained.pods('shop').filter(({ deletedMs }) => deletedMs !== undefined)).toEqual([]);
    expect(drained.ready('shop')).toBe(3);
    const lost = field(topology);
    lost.node(lost.pods('shop')[0]!.node!, 'node.kill');
    lost.wait(120_000);
    expect(lost.pods('shop').filter(({ deletedMs }) => deletedMs !== undefined).length).toBe(1);
    expect(lost.ready('shop')).toBe(3);
  });
});

describe('one daemon of a worker', () => {
  it('kubelet held: pods go on serving, the node turns Unknown and its endpoints go all the same', async () => {
    const f = field(await deployed(1, 3, 34, ...shop()));
    const { node, uid } = f.pods('shop')[0]!;
    f.act('process.hold', { on: 'component', component: 'kubelet', site: 'site', node: node! });
    expect(f.until(() => f.world.nodes.get(node!).ready === 'Unknown')).toBeLessThanOrEqual(55_000);
    f.wait(5_000);
    expect(f.pods('shop').find((pod) => pod.uid === uid)).toMatchObject({ truth: 'serving', ready: false });
    expect(f.world.routing.targets('site', 'shop').some((pod) => pod.uid === uid)).toBe(false);
  });

  it('containerd held: the kubelet says Ready=False within 40 s, and pods go on serving', async () => {
    const f = field(await deployed(1, 3, 34, app('shop', { container: readiness }), servedBy('shop')));
    const { node } = f.pods('shop')[0]!;
    f.act('process.hold', { on: 'component', component: 'containerd', site: 'site', node: node! });
    const seconds = f.until(() => f.world.nodes.get(node!).ready === 'False') / 1_000;
    expect(seconds).toBeGreaterThanOrEqual(30);
    expect(seconds).toBeLessThanOrEqual(41);
    expect(f.world.nodes.get(node!).noExecuteKey ?? 'node.kubernetes.io/not-ready').toBe(
      'node.kubernetes.io/not-ready',
    );
    expect(f.pods('shop')[0]!.truth).toBe('serving');
  });
});

describe('a NoExecute taint that is borne for a while', () => {
  const goneAfter = (f: ReturnType<typeof field>, uid: number) =>
    f.until(() => !f.pods('shop').some((pod) => pod.uid === uid && pod.deletedMs === undefined), 300_000) / 1_000;
  const bearing = (key: string) => `tolerations: [{ key: ${key}, operator: Exists, tolerationSeconds: 60 }]`;

  it('of the node itself lets each pod run for that long, and the next one again', async () => {
    const taints =
      '  - role: worker\n    kubeadmConfigPatches:\n      - |\n        kind: JoinConfiguration\n        nodeRegistration: { taints: [{ key: dedicated, value: x, effect: NoExecute }] }\n';
    const kind = cluster(1, 1).replace('  - role: worker\n', taints);
    const f = field(
      await oneSite(kind, app('shop', { replicas: 1, pod: bearing('dedicated') }), servedBy('shop')),
      '1',
      10_000,
    );
    expect(goneAfter(f, f.pods('shop')[0]!.uid)).toBeLessThan(60);
    f.wait(5_000);
    const again = goneAfter(f, f.pods('shop').find(({ deletedMs }) => deletedMs === undefined)!.uid);
    expect(again).toBeGreaterThan(50);
    expect(again).toBeLessThan(60);
  });

  it('of a node out of service is counted from when it was said', async () => {
    const pod = bearing('node.kubernetes.io/out-of-service');
    const f = field(await deployed(1, 3, 34, app('shop', { pod }), servedBy('shop')));
    const { node, uid } = f.pods('shop')[0]!;
    f.node(node!, 'node.out-of-service');
    expect(Math.round(goneAfter(f, uid))).toBe(60);
  });
});
