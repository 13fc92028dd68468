import { describe, expect, test } from 'vitest';
import type { Topology, Workload } from '../../../src/domain/topology.ts';
import { deployment, documents, pair, read, service } from './folder.ts';

const east = async (...parts: string[]) => (await read(pair({ app: documents(...parts) }))).sites[0]!;
const first = async (...parts: string[]): Promise<Workload> => (await east(...parts)).workloads[0]!;
const hpa = async (spec: string) => {
  const object = `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { scaleTargetRef: { kind: Deployment, name: web }, maxReplicas: 9, ${spec} }\n`;
  return (await east(deployment('web', { container: 'resources: { requests: { cpu: 500m } }' }), object))
    .autoscalers[0]!;
};

describe('the defaults are those of Kubernetes', () => {
  test('of a Deployment', async () => {
    expect(await first(deployment('web'))).toMatchObject({
      kind: 'Deployment',
      namespace: 'default',
      replicas: 1,
      rollout: {
        strategy: 'RollingUpdate',
        maxSurge: { ratio: 0.25 },
        maxUnavailable: { ratio: 0.25 },
        minReadySeconds: 0,
        progressDeadlineSeconds: 600,
      },
      template: {
        requests: { cpuCores: 0, memoryMiB: 0 },
        limits: {},
        terminationGraceSeconds: 30,
        preStopSeconds: 0,
        hostNetwork: false,
      },
    });
  });

  test('of a DaemonSet: one unavailable, no surge, and it bears an unready node for ever', async () => {
    const daemon = await first(deployment('agent').replace('Deployment', 'DaemonSet'));
    expect(daemon.rollout).toMatchObject({ maxSurge: { count: 0 }, maxUnavailable: { count: 1 } });
    const unready = daemon.template.tolerations.filter((toleration) => toleration.effect === 'NoExecute');
    expect(unready.map((toleration) => [toleration.key, toleration.seconds])).toEqual([
      ['node.kubernetes.io/not-ready', undefined],
      ['node.kubernetes.io/unreachable', undefined],
    ]);
  });

  test('of a StatefulSet: ordered, and its claims bind its pods', async () => {
    const claims = 'serviceName: pg\nvolumeClaimTemplates: [{ metadata: { name: data } }]';
    const set = await first(deployment('pg', { spec: claims }).replace('Deployment', 'StatefulSet'));
    expect(set.rollout).toMatchObject({ podManagement: 'OrderedReady', partition: 0, maxUnavailable: { count: 1 } });
    expect(set.template.volumeClaims).toEqual(['data']);
  });

  test('of a probe', async () => {
    const { template } = await first(
      deployment('web', { container: 'readinessProbe: { httpGet: { path: /, port: 80 } }' }),
    );
    expect(template.readiness).toEqual({
      initialDelaySeconds: 0,
      periodSeconds: 10,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    });
    expect(template.liveness).toBeUndefined();
  });

  test('of tolerations: 300 s each, unless the pod has its own', async () => {
    const own =
      'tolerations: [{ key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 20 }]';
    const seconds = async (pod: string) =>
      (await first(deployment('web', { pod }))).template.tolerations.map((toleration) => toleration.seconds);
    expect(await seconds('')).toEqual([300, 300]);
    expect(await seconds(own)).toEqual([20, 300]);
    expect(await seconds('tolerations: [{ operator: Exists }]')).toEqual([undefined]);
  });

  test('of an autoscaler without metrics and behaviour', async () => {
    expect(await hpa('minReplicas: 2')).toMatchObject({
      replicasMin: 2,
      metrics: [{ kind: 'cpu-utilisation', targetRatio: 0.8 }],
      scaleUp: {
        stabilizationMs: 0,
        select: 'Max',
        toleranceRatio: 0.1,
        policies: [
          { kind: 'Pods', value: 4, periodMs: 15_000 },
          { kind: 'Percent', value: 100, periodMs: 15_000 },
        ],
      },
      scaleDown: { stabilizationMs: 300_000, policies: [{ kind: 'Percent', value: 100, periodMs: 15_000 }] },
    });
  });
});

describe('values are read as Kubernetes means them', () => {
  test('requests are summed over containers and sidecars, default to limits, and an init container counts beside the sidecars before it', async () => {
    const pod = `initContainers:
  - { name: side, image: s, restartPolicy: Always, resources: { requests: { cpu: 100m, memory: 64Mi } } }
  - { name: init, image: i, resources: { requests: { cpu: 50m, memory: 1Gi } } }`;
    const { template } = await first(
      deployment('web', { pod, container: "resources: { limits: { cpu: '1.5' }, requests: { memory: 134217728 } }" }),
    );
    expect(template.requests).toEqual({ cpuCores: 1.6, memoryMiB: 1088 });
    expect(template.limits).toEqual({});
  });

  test.each([
    ['sleep: { seconds: 7 }', 7],
    ['exec: { command: [sleep, "5"] }', 5],
    ['exec: { command: [/bin/sh, -c, "sleep 15"] }', 15],
    ['exec: { command: [./drain] }', 0],
  ])('preStop %s waits %d s', async (hook, seconds) => {
    expect(
      (await first(deployment('web', { container: `lifecycle: { preStop: { ${hook} } }` }))).template.preStopSeconds,
    ).toBe(seconds);
  });

  test.each([
    [
      'metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } }]',
      { kind: 'cpu-utilisation', targetRatio: 0.6 },
    ],
    [
      'metrics: [{ type: Resource, resource: { name: cpu, target: { type: AverageValue, averageValue: 250m } } }]',
      { kind: 'cpu-average', targetCores: 0.25 },
    ],
    [
      'metrics: [{ type: Pods, pods: { metric: { name: ops }, target: { type: AverageValue, averageValue: 1k } } }]',
      { kind: 'per-pod', metric: 'ops', target: 1000 },
    ],
    ['targetCPUUtilizationPercentage: 50', { kind: 'cpu-utilisation', targetRatio: 0.5 }],
  ])('metric %s', async (spec, metric) => {
    expect((await hpa(spec)).metrics).toEqual([metric]);
  });

  test('annotations on the pod template win over those on the workload, and the rest has its defaults', async () => {
    const text = deployment('web', {
      annotations: "elevenproof.dev/service-time-ms: '8'\nelevenproof.dev/concurrency: '4'",
    }).replace('labels: { app: web }', "labels: { app: web }\n      annotations: { elevenproof.dev/concurrency: '5' }");
    expect((await first(text)).behaviour).toEqual({
      serviceTimeMs: 8,
      serviceTimeP99Ms: 24,
      concurrency: 5,
      queueMax: 50,
      startupMs: 1500,
      imagePullMs: 0,
      cpuMsPerRequest: 1,
      calls: [],
      release: 'good',
    });
  });

  test.each([
    ['web:1.0', 'good'],
    ['web:1.0-bad', 'errors'],
    ['web:bad-crash', 'crash'],
    ['web:bad-never-ready', 'never-ready'],
    ['bad.example.com:5000/bad/web', 'good'],
  ])('image %s is release %s', async (image, release) => {
    expect((await first(deployment('web').replace('example.com/web:1.0', image))).behaviour.release).toBe(release);
  });

  test('a Service without annotations is called round robin, once, for a second', async () => {
    const { services } = await east(deployment('web'), service('web'));
    expect(services[0]?.policy).toEqual({ balance: 'round-robin', timeoutMs: 1000, retries: 0, rateLimitRps: {} });
  });

  test('topology.yaml has defaults for everything but its sites', async () => {
    const topology: Topology = await read(pair());
    expect(topology.globalLoadBalancer).toEqual({
      mode: 'proxy',
      check: { path: '/ready', intervalMs: 2000, timeoutMs: 1000, fall: 3, rise: 2 },
      weights: { east: 1, west: 1 },
    });
    expect(topology.link).toEqual({ delayMs: 1, bandwidthMbps: 1000 });
    expect(topology.assumed.join('\n')).toMatch(/link: 1 ms/);
  });
});

test('a pod that selects nodes by the labels that every node has finds one', async () => {
  const pod = 'nodeSelector: { beta.kubernetes.io/os: linux, kubernetes.io/arch: amd64 }';
  expect((await first(deployment('web', { pod }))).template.nodeSelector).toMatchObject({
    'beta.kubernetes.io/os': 'linux',
  });
});

describe('what an API server would not take as written', () => {
  test('a DaemonSet with surge and unavailable pods at once is refused', async () => {
    const both = 'updateStrategy: { rollingUpdate: { maxSurge: 1 } }';
    const daemon = deployment('agent', { spec: both }).replace('Deployment', 'DaemonSet');
    await expect(first(daemon)).rejects.toThrow(/maxUnavailable: 0 beside a maxSurge/);
  });

  test('an autoscaler down to 0 replicas is named: it needs a feature gate', async () => {
    const object =
      'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { scaleTargetRef: { kind: Deployment, name: web }, minReplicas: 0, maxReplicas: 9 }\n';
    const { notModelled } = await read(pair({ app: documents(deployment('web'), object) }));
    expect(notModelled.map(({ field }) => field)).toEqual([
      'HorizontalPodAutoscaler.spec.minReplicas (0 needs HPAScaleToZero)',
    ]);
  });
});
