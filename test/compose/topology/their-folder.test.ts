import { describe, expect, test } from 'vitest';
import { deployment, documents, kind, pair, problemsOf, read, service } from './folder.ts';

const ha = `# A cluster as public projects write it
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
name: shop
featureGates:
  SomeGate: true
runtimeConfig:
  api/alpha: "false"
networking:
  ipFamily: dual
  apiServerAddress: 127.0.0.1
  podSubnet: 10.244.0.0/16
  kubeProxyMode: none
  disableDefaultCNI: true
containerdConfigPatches:
  - |-
    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = "/etc/containerd/certs.d"
kubeadmConfigPatches:
  - |
    apiVersion: kubeadm.k8s.io/v1beta3
    kind: ClusterConfiguration
    apiServer:
      extraArgs:
        default-unreachable-toleration-seconds: "30"
    controllerManager:
      extraArgs:
        node-monitor-grace-period: 16s
nodes:
  - role: control-plane
    image: kindest/node:v1.36.1@sha256:0000000000000000000000000000000000000000000000000000000000000000
    kubeadmConfigPatches:
      - |
        kind: InitConfiguration
        nodeRegistration:
          taints: []
          kubeletExtraArgs:
            node-labels: "ingress-ready=true,zone=a"
    extraPortMappings:
      - { containerPort: 80, hostPort: 80, protocol: TCP }
  - role: worker
    image: kindest/node:v1.36.1
    extraMounts:
      - { hostPath: /tmp/data, containerPath: /data }
  - role: worker
    image: kindest/node:v1.36.1
`;

describe('a folder of somebody else', () => {
  test('is one site named after the cluster, with nodes named as kind names them', async () => {
    const { sites, globalLoadBalancer, steadyState } = await read({
      'kind.yaml': ha,
      'web.yaml': documents(deployment('web'), service('web')),
    });
    expect(sites.map((site) => site.name)).toEqual(['shop']);
    expect(sites[0]?.nodes.map((node) => node.name)).toEqual(['shop-control-plane', 'shop-worker', 'shop-worker2']);
    expect(globalLoadBalancer.weights).toEqual({ shop: 1 });
    expect(steadyState).toEqual({
      web: { successRatioMin: 0.99 },
      'api.write': { successRatioMin: 0.95 },
      'api.read': { successRatioMin: 0.95 },
    });
  });

  test('has the version, the load balancer, the labels, the taints and the toleration seconds that its kind config says', async () => {
    const { sites } = await read({ 'kind.yaml': ha, 'web.yaml': deployment('web') });
    const [site] = sites;
    expect(site?.kubernetes).toMatchObject({ minor: 36, assumed: false });
    expect(site?.apiLoadBalancer).toBe('envoy');
    expect(site?.nodes[0]?.labels).toMatchObject({ 'ingress-ready': 'true', zone: 'a' });
    expect(site?.nodes[0]?.taints).toEqual([]);
    const seconds = site?.workloads[0]?.template.tolerations.map((toleration) => [toleration.key, toleration.seconds]);
    expect(seconds).toEqual([
      ['node.kubernetes.io/not-ready', 300],
      ['node.kubernetes.io/unreachable', 30],
    ]);
  });

  test('names what of its kind config is not modelled, and what that could change', async () => {
    const { notModelled } = await read({ 'kind.yaml': ha, 'web.yaml': documents(deployment('web'), service('web')) });
    expect(Object.fromEntries(notModelled.map((one) => [one.field, one.couldChange]))).toEqual({
      'kind.featureGates.SomeGate': ['*'],
      'kind.networking.kubeProxyMode': ['web'],
      'kind.networking.disableDefaultCNI': ['web'],
      'kind.kubeadmConfigPatches.ClusterConfiguration.controllerManager.extraArgs.node-monitor-grace-period': ['*'],
    });
    expect(notModelled.every((one) => one.file === 'kind.yaml' && one.line !== undefined)).toBe(true);
  });

  test('runs on another Kubernetes when the caller says so', async () => {
    const { sites } = await read(
      { 'kind.yaml': ha, 'web.yaml': deployment('web') },
      { nodeImage: 'kindest/node:v1.31.2' },
    );
    expect(sites[0]).toMatchObject({
      kubernetes: { minor: 31, image: 'kindest/node:v1.31.2' },
      apiLoadBalancer: 'haproxy',
    });
  });

  test('may hold YAML that is not for Kubernetes, which is left out by name', async () => {
    const compose = 'services: { web: { image: web } }\n';
    const { sites, assumed } = await read({
      'kind.yaml': kind,
      'web.yaml': deployment('web'),
      'docker-compose.yaml': compose,
    });
    expect(sites[0]?.workloads).toHaveLength(1);
    expect(assumed.join('\n')).toMatch(/docker-compose\.yaml holds no Kubernetes object/);
  });

  test('says what it left open', async () => {
    const { sites, assumed } = await read({
      'kind.yaml': kind,
      'web.yaml': documents(deployment('web'), service('web')),
    });
    expect(assumed.join('\n')).toMatch(/no node image, Kubernetes 1\.34 assumed/);
    expect(assumed.join('\n')).toMatch(/8 cores and 16 GiB/);
    expect(assumed.join('\n')).toMatch(/customers reach Service web/);
    expect(assumed.join('\n')).toMatch(/20 ms per request at the median in web \(/);
    expect(sites[0]?.kubernetes).toEqual({ minor: 34, assumed: true });
    expect(sites[0]?.nodes[0]?.taints).toEqual([
      { key: 'node-role.kubernetes.io/control-plane', value: '', effect: 'NoSchedule' },
    ]);
  });

  test('may hold a kind config without nodes: one node, without taint', async () => {
    const { sites } = await read({ 'kind.yaml': 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n' });
    expect(sites[0]?.nodes).toMatchObject([{ role: 'control-plane', taints: [] }]);
  });

  test('may have its kind config and its manifests in one file, Lists, JSON, and manifests one folder down', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n${documents(deployment('web'))
      .split('\n')
      .map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`)
      .join('\n')
      .trimEnd()}\n`;
    expect((await read({ 'all.yaml': documents(kind, list) })).sites[0]?.workloads.map((one) => one.name)).toEqual([
      'web',
    ]);
    const json = JSON.stringify(
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' } } },
      null,
      '\t',
    );
    const below = await read({ 'kind.yaml': kind, 'k8s/web.yml': deployment('web'), 'k8s/service.json': json });
    expect(below.sites[0]?.services.map((one) => one.workloads)).toEqual([['web']]);
  });

  test('reaches customers by what is exposed: NodePort before Ingress before the first Service', async () => {
    const apps = [deployment('a'), deployment('b'), deployment('c'), service('a'), service('b')];
    const ingress =
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: i }\nspec: { rules: [{ http: { paths: [{ backend: { service: { name: b } } }] } }] }\n';
    const entry = async (...more: string[]) =>
      (await read({ 'kind.yaml': kind, 'app.yaml': documents(...apps, ...more) })).sites[0]?.services.find(
        (one) => one.serves !== undefined,
      )?.name;
    expect(await entry()).toBe('a');
    expect(await entry(ingress)).toBe('b');
    expect(await entry(ingress, service('c', '  type: NodePort\n'))).toBe('c');
  });

  test('may name one namespace and leave the others out, as files applied with -n do', async () => {
    const app = documents(deployment('web').replace('name: web', 'name: web\n  namespace: shop'), service('web'));
    const { sites, assumed } = await read({ 'kind.yaml': kind, 'app.yaml': app });
    expect(sites[0]?.services[0]).toMatchObject({ namespace: 'shop', workloads: ['web'] });
    expect(assumed.join('\n')).toMatch(/without a namespace lie in shop/);
  });

  test('may use one name in two namespaces: the second gets its namespace as a surname', async () => {
    const other = (text: string) => text.replace('name: web', 'name: web\n  namespace: b');
    const { sites } = await read({
      'kind.yaml': kind,
      'a.yaml': deployment('web').replace('name: web', 'name: web\n  namespace: a'),
      'b.yaml': other(deployment('web')),
    });
    expect(sites[0]?.workloads.map((one) => one.name)).toEqual(['web', 'web.b']);
  });

  test('may hold Services without selector, ExternalName, and before pods that no model knows', async () => {
    const external =
      'apiVersion: v1\nkind: Service\nmetadata: { name: ext }\nspec: { type: ExternalName, externalName: db.example.com }\n';
    const bare = 'apiVersion: v1\nkind: Service\nmetadata: { name: bare }\nspec: { ports: [{ port: 1 }] }\n';
    const job =
      'apiVersion: batch/v1\nkind: Job\nmetadata: { name: j }\nspec: { template: { metadata: { labels: { app: j } }, spec: {} } }\n';
    const { notModelled } = await read({
      'kind.yaml': kind,
      'app.yaml': documents(deployment('web'), service('web'), external, bare, job, service('j')),
    });
    expect(notModelled).toMatchObject([{ field: 'Job', couldChange: ['web', 'autoscaling', 'data'] }]);
  });
});

describe('what no model knows is named once', () => {
  const named = async (...parts: string[]) => {
    const { notModelled } = await read(pair({ app: documents(deployment('web'), service('web'), ...parts) }));
    return Object.fromEntries(notModelled.map((one) => [one.field, one.couldChange]));
  };

  test('kinds, by what they could change', async () => {
    const object = (apiVersion: string, kindName: string, name = 'x') =>
      `apiVersion: ${apiVersion}\nkind: ${kindName}\nmetadata: { name: ${name} }\n`;
    expect(
      await named(
        object('networking.k8s.io/v1', 'NetworkPolicy'),
        object('networking.k8s.io/v1', 'NetworkPolicy', 'y'),
        object('v1', 'ConfigMap'),
        object('example.com/v1', 'Widget'),
        object('serving.knative.dev/v1', 'Service'),
      ),
    ).toEqual({
      NetworkPolicy: ['web', 'data'],
      Widget: ['*'],
      'Service.serving.knative.dev': ['*'],
    });
  });

  test('fields of a pod, by what they could change; harmless ones not at all', async () => {
    const strange = deployment('b', {
      pod: 'priorityClassName: high\nsecurityContext: { runAsNonRoot: true }\naffinity: { podAffinity: {}, nodeAffinity: {} }\nnovelty: 1\ninitContainers: [{ name: i, image: i }]',
      container:
        'resources: { limits: { nvidia.com/gpu: 1 } }\nlifecycle: { postStart: { exec: { command: [a] } }, preStop: { exec: { command: [./drain] } } }',
    });
    const at = 'Deployment.spec.template.spec';
    expect(await named(strange)).toEqual({
      [`${at}.priorityClassName`]: ['web', 'autoscaling', 'data'],
      [`${at}.affinity.podAffinity`]: ['web', 'autoscaling', 'data'],
      [`${at}.novelty`]: ['*'],
      [`${at}.containers.resources.limits.nvidia.com/gpu`]: ['web', 'autoscaling', 'data'],
      [`${at}.containers.lifecycle.postStart`]: ['workloads'],
      [`${at}.containers.lifecycle.preStop.exec`]: ['workloads'],
      [`${at}.initContainers (their time; say startup-ms)`]: ['workloads'],
    });
  });

  test('values that differ from the only one that is modelled', async () => {
    expect(
      await named(deployment('b'), service('b', '  sessionAffinity: ClientIP\n  externalTrafficPolicy: Cluster\n')),
    ).toEqual({ 'Service.spec.sessionAffinity': ['web'] });
  });
});

describe('manifests of public projects', () => {
  const set = deployment('db').replace('kind: Deployment', 'kind: StatefulSet');

  test('may hold nothing but a StatefulSet: customers reach its Service, after those before Deployments', async () => {
    const alone = await read({ 'kind.yaml': kind, 'db.yaml': documents(set, service('db')) });
    expect(alone.sites[0]?.services.map((one) => one.serves)).toEqual(['db']);
    const both = documents(service('db'), service('web'), set, deployment('web'));
    const [site] = (await read({ 'kind.yaml': kind, 'all.yaml': both })).sites;
    expect(site?.services.find((one) => one.serves !== undefined)?.name).toBe('web');
  });

  test('may carry an autoscaler of autoscaling/v2beta1', async () => {
    const hpa = (metric: string) =>
      `apiVersion: autoscaling/v2beta1\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { scaleTargetRef: { kind: Deployment, name: web }, maxReplicas: 9, metrics: [${metric}] }\n`;
    const metrics = async (metric: string) =>
      (await read({ 'kind.yaml': kind, 'web.yaml': documents(deployment('web'), hpa(metric)) })).sites[0]
        ?.autoscalers[0]?.metrics;
    expect(await metrics('{ type: Resource, resource: { name: cpu, targetAverageUtilization: 60 } }')).toEqual([
      { kind: 'cpu-utilisation', targetRatio: 0.6 },
    ]);
    expect(await metrics('{ type: Pods, pods: { metricName: rps, targetAverageValue: 1k } }')).toEqual([
      { kind: 'per-pod', metric: 'rps', target: 1000 },
    ]);
    const [problem] = await problemsOf({
      'kind.yaml': kind,
      'web.yaml': documents(deployment('web'), hpa('{ type: Resource, resource: { name: cpu } }')),
    });
    expect(problem?.message).toMatch(/resource\.target/);
  });
});

describe('manifests from a command', () => {
  const topology = (command: string) =>
    pair({ topology: `sites:\n  east: { cluster: kind.yaml, manifests: [{ command: '${command}' }] }\n` });

  test('are refused without permission, and the command is printed', async () => {
    const [problem] = await problemsOf(topology('cat app.yaml'));
    expect(problem).toMatchObject({ file: 'topology.yaml', line: 2 });
    expect(`${problem?.message} ${problem?.hint}`).toMatch(/`cat app\.yaml`.*--allow-commands/);
  });

  test('are read with permission, in the folder of the topology, and their hash is kept', async () => {
    const { sites, files } = await read(topology('cat app.yaml'), { allowCommands: true });
    expect(sites[0]?.workloads.map((one) => one.name)).toEqual(['web']);
    expect(files.map((file) => file.path)).toContain('command: cat app.yaml');
  });

  test('are refused when the command fails or does not exist', async () => {
    expect((await problemsOf(topology('cat nothing.yaml'), { allowCommands: true }))[0]?.message).toMatch(
      /failed: .*nothing\.yaml/,
    );
    expect((await problemsOf(topology('no-such-program x'), { allowCommands: true }))[0]?.message).toMatch(/failed/);
    expect((await problemsOf(topology('true'), { allowCommands: true }))[0]?.message).toMatch(/it printed nothing/);
  });
});
