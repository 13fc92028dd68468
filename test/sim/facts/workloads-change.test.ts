/** What the field knows of workloads that start, change and fail, asked of whole worlds. */
import { describe, expect, it } from 'vitest';
import type { ActionArgs, Verb } from '../../../src/domain/action.ts';
import { app, bears, cluster, field, oneSite, overSeeds, readiness, servedBy } from './field.ts';

const deployed = async (...manifests: string[]) => field(await oneSite(cluster(1, 3), ...manifests));
type Field = ReturnType<typeof field>;
const workload = (f: Field, verb: Verb, args: ActionArgs = {}, name = 'shop') =>
  f.act(verb, { on: 'workload', site: 'site', workload: name }, args);
const pod = (f: Field, verb: Verb, index = 0, name = 'shop') =>
  f.act(verb, { on: 'pod', site: 'site', workload: name, pod: f.pods(name)[index]!.name });
const rolling = (surge: string, unavailable: string) =>
  `strategy: { rollingUpdate: { maxSurge: ${surge}, maxUnavailable: ${unavailable} } }`;

/** Most pods that exist and fewest that are ready while a release rolls out. */
async function extremes(replicas: number, spec: string) {
  const f = await deployed(app('shop', { replicas, spec }), servedBy('shop'));
  let most = 0;
  let fewest = replicas;
  f.world.workloads.podChanged.on(() => {
    const pods = f.pods('shop');
    most = Math.max(most, pods.filter(({ deletedMs }) => deletedMs === undefined).length);
    fewest = Math.min(fewest, pods.filter((each) => each.ready && each.deletedMs === undefined).length);
  });
  workload(f, 'workload.release', { image: 'shop:2' });
  f.until(() => f.world.workloads.status('site', 'shop').rolledOut, 300_000);
  return { most, fewest };
}

describe('a rolling update', () => {
  it('of 10 at 25 % and 25 %: surge rounds up to 3, unavailable down to 2', async () => {
    expect(await extremes(10, '')).toEqual({ most: 13, fewest: 8 });
  });

  it('of 3 at 25 % and 25 %: never below 3', async () => {
    expect(await extremes(3, '')).toEqual({ most: 4, fewest: 3 });
  });

  it('of 3 at surge 0 and 25 % takes one away all the same', async () => {
    expect(await extremes(3, rolling('0', '25%'))).toEqual({ most: 3, fewest: 2 });
  });

  it('that never gets ready stops at its bounds, is called stuck after its deadline, and is not rolled back by itself', async () => {
    const f = await deployed(app('shop', { replicas: 4, spec: 'progressDeadlineSeconds: 60' }), servedBy('shop'));
    workload(f, 'workload.release', { image: 'shop:2', release: 'never-ready' });
    f.wait(55_000);
    expect(f.world.workloads.status('site', 'shop').stuck).toBe(false);
    f.wait(900_000);
    const { stuck, ready, updated, rolledOut } = f.world.workloads.status('site', 'shop');
    expect({ stuck, ready, updated, rolledOut }).toEqual({ stuck: true, ready: 3, updated: 2, rolledOut: false });
    workload(f, 'workload.rollback');
    expect(f.until(() => f.world.workloads.status('site', 'shop').rolledOut, 120_000)).toBeLessThan(60_000);
    expect(f.ready('shop')).toBe(4);
  });

  it('without a readiness probe goes through with a release that never gets ready', async () => {
    const f = await deployed(app('shop', { container: 'env: []' }), servedBy('shop'));
    workload(f, 'workload.release', { image: 'shop:2', release: 'never-ready' });
    expect(f.until(() => f.world.workloads.status('site', 'shop').rolledOut, 120_000)).toBeLessThan(60_000);
  });
});

describe('a scale-in', () => {
  /** Of 12 worlds: in how many a pod that was there first goes, when 3 more became ready `laterMs` after it and one is too many `thenMs` later. */
  const oldGoes = async (laterMs: number, thenMs: number) => {
    const shape = await oneSite(cluster(1, 6), app('shop'), servedBy('shop'));
    return overSeeds(12, (seed) => {
      const f = field(shape, seed, laterMs);
      const first = f.pods('shop').map(({ uid }) => uid);
      workload(f, 'workload.scale', { replicas: 6 });
      f.wait(thenMs);
      workload(f, 'workload.scale', { replicas: 5 });
      f.wait(40_000);
      return first.every((uid) => f.pods('shop').some((each) => each.uid === uid)) ? 0 : 1;
    }).reduce((all, one) => all + one, 0);
  };

  it('takes the youngest where ages differ by more than a doubling, and anybody where they do not', async () => {
    expect(await oldGoes(60_000, 100_000)).toBe(0);
    // ready for some 500 and 300 s: both between 2³⁸ and 2³⁹ ns
    expect(await oldGoes(200_000, 303_000)).toBeGreaterThan(2);
    expect(await oldGoes(200_000, 303_000)).toBeLessThan(11);
  });
});

describe('a rollback', () => {
  it.each([
    [0, 2],
    [1, 3],
  ])('with revisionHistoryLimit %i after the roll-out ends at revision %i', async (limit, revision) => {
    const f = await deployed(app('shop', { spec: `revisionHistoryLimit: ${limit}` }), servedBy('shop'));
    workload(f, 'workload.release', { image: 'shop:2' });
    f.wait(60_000);
    workload(f, 'workload.rollback');
    f.wait(60_000);
    expect(f.world.workloads.status('site', 'shop').revision).toBe(revision);
  });

  it('with revisionHistoryLimit 0 works while the roll-out is under way', async () => {
    const f = await deployed(app('shop', { spec: 'revisionHistoryLimit: 0' }), servedBy('shop'));
    workload(f, 'workload.release', { image: 'shop:2', release: 'never-ready' });
    f.wait(60_000);
    workload(f, 'workload.rollback');
    expect(f.until(() => f.world.workloads.status('site', 'shop').rolledOut)).toBeLessThan(60_000);
  });
});

describe('a rolling update that is scaled in its middle', () => {
  it('shares the new pods between old and new in proportion: 8 and 5 of 10 become 11 and 7 of 15', async () => {
    const f = field(
      await oneSite(cluster(1, 6), app('shop', { replicas: 10, spec: rolling('3', '2') }), servedBy('shop')),
    );
    workload(f, 'workload.release', { image: 'shop:2', release: 'never-ready' });
    const shares = () =>
      [1, 2].map((r) => f.pods('shop').filter((each) => each.revision === r && each.deletedMs === undefined).length);
    f.wait(60_000);
    expect(shares()).toEqual([8, 5]);
    workload(f, 'workload.scale', { replicas: 15 });
    f.wait(60_000);
    expect(shares()).toEqual([11, 7]);
  });
});

describe('throughput of controllers', () => {
  it('500 more pods are created no faster than 20 a second: 23 s and more', async () => {
    const shape = await oneSite(cluster(1, 6, { cpu: 64 }), app('shop', { replicas: 1 }), servedBy('shop'));
    const f = field(shape);
    workload(f, 'workload.scale', { replicas: 501 });
    const seconds = f.until(() => f.pods('shop').length === 501) / 1_000;
    expect(seconds).toBeGreaterThanOrEqual(23);
    expect(seconds).toBeLessThan(27);
  });

  it('no more than 50 pods a second are placed, after a burst of 100', async () => {
    const shape = await oneSite(
      cluster(1, 6, { cpu: 64 }),
      ...['a', 'b', 'c', 'd', 'e'].map((name) => app(name, { replicas: 60 })),
    );
    const f = field(shape, '1', 0);
    const all = ['a', 'b', 'c', 'd', 'e'];
    const bound = () => all.flatMap((name) => f.pods(name)).filter(({ node }) => node !== undefined).length;
    f.until(() => bound() >= 100, 30_000);
    const from = bound();
    const fromMs = f.now();
    f.until(() => bound() === 300, 60_000);
    expect((300 - from) / ((f.now() - fromMs) / 1_000)).toBeLessThan(61);
  });
});

describe('probes', () => {
  it('a hung process leaves rotation by its readiness probe after period × failures + time-out, not at once', async () => {
    const f = await deployed(
      app('shop', { container: 'readinessProbe: { httpGet: { path: /, port: 80 } }' }),
      servedBy('shop'),
    );
    pod(f, 'pod.hang');
    const seconds = f.until(() => f.ready('shop') === 2) / 1_000;
    expect(seconds).toBeGreaterThanOrEqual(20);
    expect(seconds).toBeLessThanOrEqual(31.5);
  });

  it('without a readiness probe a hung process stays in rotation for ever', async () => {
    const f = await deployed(app('shop', { container: 'env: []' }), servedBy('shop'));
    pod(f, 'pod.hang');
    f.wait(1_200_000);
    expect(f.world.routing.targets('site', 'shop').some(({ truth }) => truth === 'silent')).toBe(true);
  });

  it('a liveness probe alone kills a slow starter again and again', async () => {
    const liveness = 'livenessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 5, failureThreshold: 2 }';
    const says = { 'startup-ms': '60000' };
    const f = await deployed(app('shop', { says, container: `${liveness}\n${readiness}` }), servedBy('shop'));
    f.wait(900_000);
    expect(f.ready('shop')).toBe(0);
    expect(f.pods('shop')[0]!.restarts).toBeGreaterThan(3);
    const patient = 'startupProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 5, failureThreshold: 30 }';
    const calm = await deployed(
      app('shop', { says, container: `${patient}\n${liveness}\n${readiness}` }),
      servedBy('shop'),
    );
    calm.wait(60_000);
    expect(calm.ready('shop')).toBe(3);
    expect(calm.pods('shop')[0]!.restarts).toBe(0);
  });
});

describe('a container', () => {
  it('that is killed over and over waits 0, 10, 20, 40, 80 s, and its pod stays bound to its node', async () => {
    const f = await deployed(app('shop', { replicas: 1 }), servedBy('shop'));
    const { uid, node } = f.pods('shop')[0]!;
    for (const backOff of [0, 10, 20, 40, 80]) {
      pod(f, 'pod.kill');
      const seconds = f.until(() => f.pods('shop')[0]!.truth === 'serving') / 1_000;
      expect(seconds - backOff).toBeGreaterThan(0.5);
      expect(seconds - backOff).toBeLessThan(6);
    }
    expect(f.pods('shop')[0]).toMatchObject({ uid, node, restarts: 5 });
  });

  it('is forgiven after ten minutes without a restart', async () => {
    const f = await deployed(app('shop', { replicas: 1 }), servedBy('shop'));
    for (const _ of [1, 2, 3]) {
      pod(f, 'pod.kill');
      f.until(() => f.pods('shop')[0]!.truth === 'serving');
    }
    f.wait(605_000);
    pod(f, 'pod.kill');
    expect(f.until(() => f.pods('shop')[0]!.truth === 'serving')).toBeLessThan(6_000);
  });

  it('of a release that crashes restarts ever more slowly, and old pods serve on', async () => {
    const f = await deployed(app('shop', { replicas: 4 }), servedBy('shop'));
    workload(f, 'workload.release', { image: 'shop:2', release: 'crash' });
    f.wait(600_000);
    expect(f.ready('shop')).toBe(3);
    const newest = f.pods('shop').at(-1)!;
    expect(newest.restarts).toBeGreaterThanOrEqual(5);
    expect(newest.restarts).toBeLessThanOrEqual(7);
  });

  it('waits for its image on a node that has not got it', async () => {
    const says = { 'image-pull-ms': '20000' };
    const f = field(await oneSite(cluster(1, 3), app('shop', { replicas: 3, says }), servedBy('shop')), '1', 0);
    expect(f.until(() => f.ready('shop') === 3)).toBeGreaterThanOrEqual(20_000);
    pod(f, 'pod.kill');
    expect(f.until(() => f.pods('shop')[0]!.truth === 'serving')).toBeLessThan(6_000);
  });
});

describe('a pod that is deleted', () => {
  it('goes on serving through its preStop sleep, out of rotation, while its replacement starts', async () => {
    const preStop = `${readiness}\nlifecycle: { preStop: { sleep: { seconds: 10 } } }`;
    const f = await deployed(app('shop', { container: preStop }), servedBy('shop'));
    const { uid } = f.pods('shop')[0]!;
    pod(f, 'pod.delete');
    f.wait(2_000);
    expect(f.pods('shop').find((each) => each.uid === uid)).toMatchObject({ truth: 'serving' });
    expect(f.world.routing.targets('site', 'shop').some((each) => each.uid === uid)).toBe(false);
    expect(f.pods('shop').length).toBe(4);
    f.wait(15_000);
    expect(f.pods('shop').some((each) => each.uid === uid)).toBe(false);
  });

  it('of a StatefulSet comes back under its name only after it has gone', async () => {
    const f = await deployed(app('db', { kind: 'StatefulSet', replicas: 2 }));
    const { uid } = f.pods('db').find(({ name }) => name === 'db-1')!;
    f.act('pod.delete', { on: 'pod', site: 'site', workload: 'db', pod: 'db-1' });
    f.until(() => !f.pods('db').some((each) => each.uid === uid));
    expect(f.pods('db').filter(({ name }) => name === 'db-1').length).toBeLessThanOrEqual(1);
    f.until(() => f.ready('db') === 2, 60_000);
    expect(
      f
        .pods('db')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['db-0', 'db-1']);
  });
});

describe('placing', () => {
  const spread = (when: string) =>
    `topologySpreadConstraints:\n  - { maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ${when}, labelSelector: { matchLabels: { app: shop } } }`;
  const zones = ['a', 'a', 'b'];

  it.each([
    ['DoNotSchedule', 3],
    ['ScheduleAnyway', 8],
  ])('%s over zones with one zone full: %i of 8 run', async (when, running) => {
    const container = 'resources: { requests: { cpu: "6" } }';
    const shape = await oneSite(
      cluster(1, 3, { zones, cpu: 26 }),
      app('filler', {
        replicas: 1,
        pod: 'nodeSelector: { topology.kubernetes.io/zone: b }',
        container: 'resources: { requests: { cpu: "19" } }',
      }),
      app('shop', { replicas: 1, pod: spread(when), container }),
    );
    const f = field(shape);
    workload(f, 'workload.scale', { replicas: 8 });
    f.wait(60_000);
    // zone b holds one pod beside the filler, so zone a may hold two
    const placed = f.pods('shop').filter(({ node }) => node !== undefined).length;
    expect(placed).toBe(running);
  });

  const affinity = (required: string) =>
    `affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [ ${required} ] } } }`;
  const zone = (operator: string, values: string) =>
    `{ matchExpressions: [ { key: topology.kubernetes.io/zone, operator: ${operator}, values: [ ${values} ] } ] }`;

  it.each([
    [zone('In', 'a'), 'a'],
    [zone('NotIn', 'a, c'), 'b'],
    [`${zone('In', 'nowhere')}, ${zone('In', 'c')}`, 'c'],
  ])('a required node affinity of %s admits zone %s alone', async (terms, only) => {
    const kind = cluster(1, 3, { zones: ['a', 'b', 'c'] });
    const f = field(await oneSite(kind, app('shop', { replicas: 4, pod: affinity(terms) })));
    const zoneOf = (node: string | undefined) => f.world.nodes.get(node!).spec.labels['topology.kubernetes.io/zone'];
    expect(new Set(f.pods('shop').map(({ node }) => zoneOf(node)))).toEqual(new Set([only]));
  });

  it('a preferred node affinity fills its nodes first and goes elsewhere when they are full', async () => {
    const prefer = `affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [ { weight: 100, preference: ${zone('In', 'c')} } ] } }\ntopologySpreadConstraints: [ { maxSkew: 5, topologyKey: nothing, whenUnsatisfiable: ScheduleAnyway, labelSelector: {} } ]`;
    const container = 'resources: { requests: { cpu: "1" } }';
    const kind = cluster(1, 3, { zones: ['a', 'b', 'c'], cpu: 4 });
    const f = field(await oneSite(kind, app('shop', { replicas: 6, pod: prefer, container })));
    expect(f.pods('shop').filter(({ node }) => node === 'site-worker3').length).toBe(4);
    expect(f.pods('shop').every(({ node }) => node !== undefined)).toBe(true);
  });

  it('a port of the host is held by one pod of each node: no fourth of three, and no roll-out by surge', async () => {
    const container = 'ports: [{ containerPort: 80 }]';
    const spec = rolling('1', '0');
    const shape = await oneSite(cluster(1, 3), app('shop', { replicas: 3, pod: 'hostNetwork: true', container, spec }));
    const f = field(shape);
    expect(new Set(f.pods('shop').map(({ node }) => node)).size).toBe(3);
    workload(f, 'workload.release', { image: 'shop:2' });
    f.wait(300_000);
    expect(f.pods('shop').filter(({ node }) => node === undefined).length).toBe(1);
    expect(f.ready('shop')).toBe(3);
    workload(f, 'workload.rollback');
    f.wait(10_000);
    workload(f, 'workload.scale', { replicas: 4 });
    f.wait(60_000);
    expect(f.pods('shop').filter(({ node }) => node === undefined).length).toBe(1);
  });

  it("a DaemonSet's surge never comes beside a pod that holds the host's port", async () => {
    const container = 'ports: [{ containerPort: 80, hostPort: 8080 }]';
    const updated = async (bounds: string) => {
      const spec = `updateStrategy: { rollingUpdate: { ${bounds} } }`;
      const f = await deployed(app('agent', { kind: 'DaemonSet', spec, container }));
      workload(f, 'workload.release', { image: 'agent:2' }, 'agent');
      f.wait(300_000);
      return f.pods('agent').filter(({ revision, ready }) => revision === 2 && ready).length;
    };
    expect(await updated('maxSurge: 1, maxUnavailable: 0')).toBe(0);
    expect(await updated('maxUnavailable: 1')).toBe(3);
  });

  it('a spread constraint without a selector counts nobody and holds nobody back', async () => {
    const unselected = spread('DoNotSchedule').replace(/, labelSelector.*/, ' }');
    const f = field(
      await oneSite(
        cluster(1, 3, { zones: ['a', 'a', 'b'], cpu: 4 }),
        app('shop', { replicas: 9, pod: unselected, container: 'resources: { requests: { cpu: "1" } }' }),
      ),
    );
    f.wait(30_000);
    const zoneOf = (node: string | undefined) => f.world.nodes.get(node!).spec.labels['topology.kubernetes.io/zone'];
    expect(f.pods('shop').filter(({ node }) => zoneOf(node) === 'a').length).toBeGreaterThanOrEqual(5);
    expect(f.pods('shop').every(({ node }) => node !== undefined)).toBe(true);
  });

  it('a dead zone still counts as the emptiest: with DoNotSchedule its pods are not placed elsewhere', async () => {
    const pod = `${bears(5)}\n${spread('DoNotSchedule')}`;
    const shape = await oneSite(cluster(1, 4, { zones: ['a', 'a', 'b', 'b'] }), app('shop', { replicas: 6, pod }));
    const f = field(shape);
    for (const node of ['site-worker3', 'site-worker4']) f.node(node, 'node.kill');
    f.wait(300_000);
    expect(f.pods('shop').filter(({ node, deletedMs }) => node === undefined && deletedMs === undefined).length).toBe(
      3,
    );
    expect(f.ready('shop')).toBe(3);
  });

  it('required anti-affinity leaves the fourth of four pods pending on three workers until one is free', async () => {
    const anti =
      'affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [ { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: shop } } } ] } }';
    const f = await deployed(app('shop', { replicas: 4, pod: anti }));
    f.wait(600_000);
    const homes = f.pods('shop').map(({ node }) => node);
    expect(new Set(homes.filter((node) => node !== undefined)).size).toBe(3);
    expect(homes.filter((node) => node === undefined).length).toBe(1);
  });

  it('a nodeSelector whose only node is lost leaves its pods pending until that node is back', async () => {
    const pinned = `${bears(5)}\nnodeSelector: { topology.kubernetes.io/zone: b }`;
    const f = field(await oneSite(cluster(1, 3, { zones }), app('shop', { pod: pinned }), servedBy('shop')));
    const home = f.pods('shop')[0]!.node!;
    f.node(home, 'node.kill');
    f.wait(600_000);
    expect(f.pods('shop').filter(({ phase, deletedMs }) => phase === 'Pending' && deletedMs === undefined).length).toBe(
      3,
    );
    f.node(home, 'node.start');
    expect(f.until(() => f.ready('shop') === 3)).toBeLessThan(60_000);
  });

  it('more CPU requested than there is leaves the rest pending', async () => {
    const container = 'resources: { requests: { cpu: "5" } }';
    const f = field(await oneSite(cluster(1, 2, { cpu: 16 }), app('shop', { replicas: 8, container })));
    expect(f.pods('shop').filter(({ node }) => node !== undefined).length).toBe(6);
  });
});

describe('a Service that publishes unready pods', () => {
  it('keeps a hung pod and one that ends among its endpoints', async () => {
    const headless = `${servedBy('shop')}  publishNotReadyAddresses: true\n`;
    const f = await deployed(
      app('shop', { container: `${readiness}\nlifecycle: { preStop: { sleep: { seconds: 20 } } }` }),
      headless,
    );
    const [first, second] = f.pods('shop').map(({ uid }) => uid);
    pod(f, 'pod.hang');
    pod(f, 'pod.delete', 1);
    f.wait(15_000);
    expect(f.ready('shop')).toBe(2);
    const published = f.world.routing.targets('site', 'shop').map(({ uid }) => uid);
    expect(published).toEqual(expect.arrayContaining([first, second]));
  });
});
