/** What the field knows of HorizontalPodAutoscalers, asked of whole worlds under load. */
import { describe, expect, it } from 'vitest';
import { app, cluster, constantly, field, mean, oneSite, overSeeds, readiness, servedBy, stepping } from './field.ts';

const hpa = (spec: string) => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: shop }
${spec}`;
const byOrders = (min: number, max: number, target: number, behaviour = '') =>
  hpa(
    `  minReplicas: ${min}\n  maxReplicas: ${max}\n  metrics:\n    - { type: Pods, pods: { metric: { name: orders_per_second }, target: { type: AverageValue, averageValue: '${target}' } } }\n${behaviour}`,
  );
const byCpu = (min: number, max: number, percent: number) =>
  hpa(
    `  minReplicas: ${min}\n  maxReplicas: ${max}\n  metrics:\n    - { type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: ${percent} } } }\n`,
  );
const roomy = { 'service-time-ms': '5', concurrency: '50', 'cpu-ms': '5' };
const cpu = (request: string) => `${readiness}\nresources: { requests: { cpu: ${request} } }`;
const shop = (replicas: number, container = cpu('100m')) => [
  app('shop', { replicas, says: roomy, container }),
  servedBy('shop', { serves: 'shop' }),
];
const topology = (...manifests: string[]) => oneSite(cluster(1, 6, { cpu: 64 }), ...manifests);
/** Further lines of the first container, then further containers. */
const containers = (text: string) =>
  text
    .split('\n')
    .map((line) => `${' '.repeat(line.startsWith('- ') ? 8 : 10)}${line}\n`)
    .join('');
type Field = ReturnType<typeof field>;
const wanted = (f: Field) => f.world.workloads.status('site', 'shop').wanted;
/** Sizes that were wanted, with seconds since now. */
function sizes(f: Field, forMs: number) {
  const fromMs = f.now();
  const seen: [number, number][] = [];
  let last = wanted(f);
  f.world.workloads.workloadChanged.on(() => {
    if (wanted(f) === last) return;
    last = wanted(f);
    seen.push([last, (f.now() - fromMs) / 1_000]);
  });
  f.wait(forMs);
  return seen;
}

describe('growth', () => {
  it('from 1 to 126 takes 4 more pods, then doublings, 15 s apart or more, and 1 to 6 minutes', async () => {
    const shape = await topology(...shop(1), byOrders(1, 126, 10));
    const f = field(shape);
    f.world.traffic.start(stepping(10, 1_260));
    f.wait(60_000);
    f.world.traffic.play();
    const steps = sizes(f, 600_000);
    expect(steps.map(([size]) => size)).toEqual([5, 10, 20, 40, 80, 126]);
    for (const [i, [, second]] of steps.entries())
      if (i > 0) expect(second - steps[i - 1]![1]).toBeGreaterThanOrEqual(14.9);
    expect(steps.at(-1)![1]).toBeGreaterThan(75);
    expect(steps.at(-1)![1]).toBeLessThan(360);
  });

  it('by CPU starts 15 to 45 s after the load steps, 25 to 30 s on average', async () => {
    const shape = await topology(...shop(4, cpu('500m')), byCpu(4, 40, 50));
    const after = overSeeds(24, (seed) => {
      const f = field(shape, seed);
      f.world.traffic.start(stepping(40, 800));
      f.wait(120_000 + 617 * Number.parseInt(seed, 16));
      f.world.traffic.play();
      return f.until(() => wanted(f) > 4, 120_000) / 1_000;
    });
    expect(Math.min(...after)).toBeGreaterThan(2);
    expect(Math.max(...after)).toBeLessThanOrEqual(46);
    expect(mean(after)).toBeGreaterThan(15);
    expect(mean(after)).toBeLessThan(32);
  });

  it('is held back by pods that are not ready: they count as idle', async () => {
    const says = { ...roomy, 'startup-ms': '90000' };
    const slow = [app('shop', { replicas: 4, says, container: cpu('100m') }), servedBy('shop', { serves: 'shop' })];
    const f = field(await topology(...slow, byCpu(4, 100, 50)), '7f3a', 200_000);
    f.world.traffic.start(stepping(30, 160));
    f.wait(120_000);
    f.world.traffic.play();
    const steps = sizes(f, 85_000);
    // 160/s × 5 ms = 0.8 cores, 16 pods at 50 % of 100 m; nothing more is asked for while they start
    expect(Math.max(...steps.map(([size]) => size))).toBeLessThanOrEqual(18);
  });
});

describe('no change', () => {
  it('within 10 % of the target', async () => {
    const f = field(await topology(...shop(10), byOrders(2, 50, 10)));
    f.world.traffic.start(constantly(108));
    expect(sizes(f, 400_000)).toEqual([]);
    const over = field(await topology(...shop(10), byOrders(2, 50, 10)));
    over.world.traffic.start(constantly(125));
    over.wait(200_000);
    expect(wanted(over)).toBe(13);
  });

  it('for ever, by CPU, when the pods request none', async () => {
    const f = field(await topology(...shop(2, readiness), byCpu(2, 50, 50)));
    f.world.traffic.start(constantly(1_000));
    expect(sizes(f, 600_000)).toEqual([]);
  });

  it('for ever, by CPU utilisation, when one container of the pod requests none; a mean of cores needs no request', async () => {
    const sidecar = `${cpu('100m')}\n- { name: proxy, image: example.com/proxy:1.0 }`;
    const withSidecar = (target: string) => [
      app('shop', { replicas: 2, says: roomy }).replace(/ {10}readinessProbe.*\n/, '') + containers(sidecar),
      servedBy('shop', { serves: 'shop' }),
      hpa(
        `  minReplicas: 2\n  maxReplicas: 50\n  metrics:\n    - { type: Resource, resource: { name: cpu, target: { ${target} } } }\n`,
      ),
    ];
    const sizeUnder = async (target: string) => {
      const f = field(await topology(...withSidecar(target)));
      f.world.traffic.start(constantly(200));
      f.wait(400_000);
      return wanted(f);
    };
    expect(await sizeUnder('type: Utilization, averageUtilization: 50')).toBe(2);
    // 200/s × 5 ms = 1 core
    expect(await sizeUnder("type: AverageValue, averageValue: '100m'")).toBe(10);
  });

  it('for `tolerance` before 1.35, which drops the field', async () => {
    const eager = '  behavior:\n    scaleUp: { tolerance: 0.01 }\n';
    for (const [minor, size] of [
      [34, 10],
      [35, 11],
    ] as const) {
      const shape = await oneSite(cluster(1, 6, { cpu: 64, minor }), ...shop(10), byOrders(2, 50, 10, eager));
      const f = field(shape);
      f.world.traffic.start(constantly(106));
      f.wait(300_000);
      expect(wanted(f)).toBe(size);
    }
  });

  it('at 0 replicas', async () => {
    const f = field(await topology(...shop(2), byOrders(2, 50, 10)));
    f.world.workloads.scale('site', 'shop', 0);
    f.wait(120_000);
    expect(wanted(f)).toBe(0);
  });
});

describe('a pod whose container restarts', () => {
  it('keeps its start time, so its CPU does not count as that of a young pod', async () => {
    const f = field(await topology(...shop(2), byOrders(2, 50, 10)));
    f.wait(400_000);
    const { name, acceptedMs, startedMs } = f.pods('shop')[0]!;
    f.act('pod.kill', { on: 'pod', site: 'site', workload: 'shop', pod: name });
    f.wait(30_000);
    const again = f.world.workloads.find(name, 'site')!;
    expect(again.startedMs).toBeGreaterThan(startedMs!);
    expect(again.acceptedMs).toBe(acceptedMs);
  });
});

describe('shrinking', () => {
  it('waits for 300 s after the load is gone', async () => {
    const f = field(await topology(...shop(2), byOrders(2, 50, 10)));
    f.world.traffic.start(stepping(200, 20, 120));
    f.wait(100_000);
    f.world.traffic.play();
    f.wait(120_000);
    expect(wanted(f)).toBe(20);
    const [first] = sizes(f, 500_000);
    expect(first![0]).toBe(2);
    expect(first![1]).toBeGreaterThanOrEqual(295);
    expect(first![1]).toBeLessThan(350);
  });

  it('begins its 300 s anew when the only controller-manager is restarted: it remembers in its memory alone', async () => {
    const f = field(await topology(...shop(2), byOrders(2, 50, 10)));
    f.world.traffic.start(stepping(200, 20, 120));
    f.wait(100_000);
    f.world.traffic.play();
    f.wait(120_000);
    f.wait(200_000);
    f.act('process.kill', {
      on: 'component',
      component: 'kube-controller-manager',
      site: 'site',
      node: 'site-control-plane',
    });
    const [first] = sizes(f, 500_000);
    expect(first![0]).toBe(2);
    expect(first![1]).toBeGreaterThan(300);
  });

  it('is quick where the manifest says so: 10 s window, one pod a minute', async () => {
    const slowly =
      '  behavior:\n    scaleDown: { stabilizationWindowSeconds: 10, policies: [{ type: Pods, value: 1, periodSeconds: 60 }] }\n';
    const f = field(await topology(...shop(6), byOrders(2, 50, 10, slowly)), '7f3a', 1_000);
    f.world.traffic.start(constantly(20));
    const steps = sizes(f, 400_000);
    expect(steps.map(([size]) => size)).toEqual([5, 4, 3, 2]);
    for (const [i, [, second]] of steps.entries())
      if (i > 0) expect(second - steps[i - 1]![1]).toBeGreaterThanOrEqual(45);
  });
});

describe('bounds', () => {
  it('a lower bound above the present size is reached at the next pass', async () => {
    const f = field(await topology(...shop(2), byOrders(8, 50, 10)), '7f3a', 40_000);
    expect(wanted(f)).toBe(8);
  });

  it('an upper bound stops growth and is told', async () => {
    const f = field(await topology(...shop(2), byOrders(2, 5, 10)));
    f.world.traffic.start(constantly(200));
    f.wait(120_000);
    expect(wanted(f)).toBe(5);
    expect(f.world.autoscaler.limited('site', 'shop')).toBe(true);
  });
});
