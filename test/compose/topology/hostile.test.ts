import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  deployment,
  documents,
  folderWith,
  kind,
  pair,
  problemsAt,
  problemsOf,
  read,
  service,
  twoSites,
} from './folder.ts';

const hpa = (spec: string) =>
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { scaleTargetRef: { kind: Deployment, name: web }, ${spec} }\n`;
const pdb = (spec: string) =>
  `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web }\nspec: { ${spec} }\n`;
const web = deployment('web');
const app = (...parts: string[]) => pair({ app: documents(web, service('web'), ...parts) });
const changed = (extra: Parameters<typeof deployment>[1]) =>
  pair({ app: documents(deployment('web', extra), service('web')) });
const container = (text: string) => changed({ container: text });
const stateful = (spec: string) =>
  web.replace('kind: Deployment', 'kind: StatefulSet').replace('spec:\n', `spec:\n  ${spec}\n`);
const renamed = (from: string, to: string) => pair({ app: documents(web.replaceAll(from, to), service('web')) });
const ports = (text: string) => pair({ app: documents(web, service('web').replace('[{ port: 80 }]', text)) });
const topology = (more: string) => pair({ topology: `${twoSites}${more}` });

type Case = readonly [wrong: string, files: Record<string, string>, says: RegExp, line?: number];

/** What is wrong, the files, and what the problem must say; `line` where the file has it. */
const cases: readonly Case[] = [
  ['a YAML syntax error', pair({ app: 'kind: [\n' }), /app\.yaml.*valid YAML/],
  ['a tab as indentation', pair({ app: 'kind: A\nmetadata:\n\tname: b\n' }), /app\.yaml:3.*valid YAML/, 3],
  ['a key twice in one mapping', pair({ app: `${web}apiVersion: apps/v1\n` }), /valid YAML.*unique/],
  ['a Helm template', pair({ app: 'kind: {{ .Values.kind }}\nname: {{ x }}: y\n' }), /template/],
  ['a document that is no object', pair({ app: '- a\n- b\n' }), /Kubernetes object/, 1],
  ['a document without kind', pair({ app: 'apiVersion: v1\nmetadata: { name: a }\n' }), /apiVersion. and .kind/, 1],
  ['an alias that contains itself', pair({ app: 'apiVersion: v1\nkind: &a [*a]\n' }), /contains itself|valid YAML/],
  [
    'aliases that multiply',
    pair({
      app: `apiVersion: v1\nkind: ConfigMap\na: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((c, i) => `${c}: &${c} [${Array(10).fill(`*${'abcdefg'[i]}`).join(',')}]`)
        .join('\n')}\n`,
    }),
    /unfold/,
  ],
  ['endless nesting', pair({ app: `a: ${'['.repeat(50_000)}` }), /nested too deeply|valid YAML/],
  [
    'a missing manifest',
    { 'topology.yaml': twoSites, 'kind.yaml': kind },
    /topology\.yaml:2:.*app\.yaml.*there is none/,
    2,
  ],
  [
    'a missing kind config',
    { 'topology.yaml': twoSites, 'app.yaml': web },
    /topology\.yaml:2:.*kind\.yaml.*there is none/,
    2,
  ],
  ['an empty kind config', pair({ kind: '' }), /kind\.yaml.*kind config/],
  [
    'a kind config of another kind',
    pair({ kind: 'kind: ClusterX\napiVersion: kind.x-k8s.io/v1alpha4\n' }),
    /kind config/,
    1,
  ],
  [
    'a kind config of another version',
    pair({ kind: 'kind: Cluster\napiVersion: kind.sigs.k8s.io/v1alpha3\n' }),
    /v1alpha4/,
    2,
  ],
  ['nodes that are no list', pair({ kind: `${kind.split('nodes')[0]}nodes: 3\n` }), /`nodes` to be a list/, 3],
  [
    'an unknown node role',
    pair({ kind: kind.replace('- role: worker', '- role: wroker') }),
    /Did you mean "worker"/,
    5,
  ],
  ['an unknown field of the kind config', pair({ kind: `${kind}netwroking: {}\n` }), /Did you mean "networking"/, 7],
  ['a cluster without control plane', pair({ kind: kind.replace('control-plane', 'worker') }), /control-plane/, 4],
  ['a node without CPU', pair({ kind: `${kind}    labels: { elevenproof.dev/cpu: '0' }\n` }), /above 0/, 7],
  [
    'a node with CPU that is no quantity',
    pair({ kind: `${kind}    labels: { elevenproof.dev/cpu: many }\n` }),
    /quantity/,
    7,
  ],
  [
    'more nodes than Kubernetes is built for',
    pair({ kind: `${kind}${'  - role: worker\n'.repeat(6_000)}` }),
    /at most 6000 nodes/,
    4,
  ],
  [
    'a health check that waits for ever',
    topology('globalLoadBalancer: { check: { intervalMs: 1e99 } }\n'),
    /at most 86400000/,
    4,
  ],
  ['a time that is no number', topology('link: { delayMs: .nan }\n'), /got `NaN`/, 4],
  [
    'a business service without a name',
    pair({
      app: documents(
        web,
        service('web').replace('{ name: web }', "{ name: web, annotations: { elevenproof.dev/serves: '' } }"),
      ),
    }),
    /name of a business service/,
  ],
  ['a site called all', pair({ topology: twoSites.replace('  west:', '  all:') }), /means every site/, 3],
  ['a cluster name that kind refuses', pair({ kind: `${kind}name: My Cluster\n` }), /cluster's name/, 7],
  [
    'a nodeSelector that no node has',
    pair({ app: documents(deployment('web', { pod: 'nodeSelector: { kubernetes.io/os: linus }' }), service('web')) }),
    /Did you mean "kubernetes\.io\/os=linux"/,
    14,
  ],
  ['a broken kubeadm patch', pair({ kind: `${kind}kubeadmConfigPatches: ["a: ["]\n` }), /kind\.yaml:7.*valid YAML/, 7],
  ['an empty topology', pair({ topology: '' }), /empty/],
  ['a topology that is a list', pair({ topology: '- east\n' }), /to be a mapping/, 1],
  ['a topology that is a kind config', pair({ topology: kind }), /got a kind config/, 1],
  ['an unknown key of topology.yaml', topology('linc: {}\n'), /Did you mean "link"/, 4],
  ['no sites', pair({ topology: 'name: x\n' }), /sites/],
  ['three sites', pair({ topology: `${twoSites}  north: { cluster: kind.yaml }\n` }), /one or two sites, got 3/],
  ['a site without cluster', pair({ topology: 'sites:\n  east: { manifests: [app.yaml] }\n' }), /cluster.*missing/, 2],
  ['a bad site name', pair({ topology: 'sites:\n  "Ea/st": { cluster: kind.yaml }\n' }), /site's name/, 2],
  [
    'an unknown role',
    pair({ topology: twoSites.replace('[app.yaml] }', '[app.yaml], role: activ }') }),
    /Did you mean "active"/,
    2,
  ],
  [
    'no active site',
    pair({ topology: twoSites.replaceAll('[app.yaml] }', '[app.yaml], role: standby }') }),
    /at least one active/,
  ],
  [
    'a manifest that is a number',
    pair({ topology: twoSites.replace('[app.yaml]', '[5]') }),
    /to be a string, got `5`/,
    2,
  ],
  ['a negative delay', topology('link: { delayMs: -1 }\n'), /delayMs.*at least 0/, 4],
  ['no bandwidth', topology('link: { bandwidthMbps: 0 }\n'), /bandwidthMbps.*above 0/, 4],
  ['a link that is a word', topology('link: fast\n'), /link/, 4],
  ['weights of an unknown site', topology('globalLoadBalancer: { weights: { est: 1 } }\n'), /Did you mean "east"/, 4],
  ['weights that are all 0', topology('globalLoadBalancer: { weights: { east: 0, west: 0 } }\n'), /weight above 0/, 4],
  [
    'a standby site with weight',
    pair({
      topology: `${twoSites.replace('west: { ', 'west: { role: standby, ')}globalLoadBalancer: { weights: { east: 1, west: 1 } }\n`,
    }),
    /standby site west/,
    4,
  ],
  ['a negative weight', topology('globalLoadBalancer: { weights: { east: -5 } }\n'), /at least 0/, 4],
  ['DNS options of a proxy', topology('globalLoadBalancer: { dnsTtlSeconds: 30 }\n'), /Only mode dns/, 4],
  [
    'DNS shares that do not sum to 1',
    topology('globalLoadBalancer: { mode: dns, dns: { honourRatio: 0.5, clampRatio: 0.1, ignoreRatio: 0.1 } }\n'),
    /sum to 1, got 0.7/,
    4,
  ],
  ['an unknown balancer mode', topology('globalLoadBalancer: { mode: dnss }\n'), /Did you mean "dns"/, 4],
  [
    'a replication of an unknown workload',
    topology('replication: { x: { from: east/webb, to: west/web } }\n'),
    /Did you mean "east\/web"/,
    4,
  ],
  [
    'a replication of an unknown site',
    topology('replication: { x: { from: est/web, to: west/web } }\n'),
    /Did you mean "east\/web"/,
    4,
  ],
  ['a replication inside one site', topology('replication: { x: { from: east/web, to: east/web } }\n'), /two sites/, 4],
  ['a replication without ends', topology('replication: { x: { mode: stream } }\n'), /from.*missing/, 4],
  [
    'a batch without schedule',
    topology('replication: { x: { from: east/web, to: west/web, mode: batch } }\n'),
    /schedule.*missing/,
    4,
  ],
  [
    'a cron that does not parse',
    topology("replication: { x: { from: east/web, to: west/web, mode: batch, schedule: '* * * *' } }\n"),
    /cron/,
    4,
  ],
  [
    'a cron that never fires',
    topology("replication: { x: { from: east/web, to: west/web, mode: batch, schedule: '0 0 30 2 *' } }\n"),
    /cron/,
    4,
  ],
  [
    'a stream with schedule',
    topology("replication: { x: { from: east/web, to: west/web, schedule: '* * * * *' } }\n"),
    /Only mode batch/,
    4,
  ],
  [
    'a steady state of an unknown service',
    topology('steadyState: { weeb: { successRatioMin: 0.9 } }\n'),
    /Did you mean "web"/,
    4,
  ],
  ['a steady state above 1', topology('steadyState: { web: { successRatioMin: 99 } }\n'), /at most 1/, 4],
  ['the same Deployment twice', app(web), /Deployment once, got `web` twice/],
  [
    'a selector that misses its own template',
    pair({ app: documents(web.replace('matchLabels: { app: web }', 'matchLabels: { app: wbe }'), service('web')) }),
    /its own template/,
    9,
  ],
  [
    'no selector',
    pair({ app: documents(web.replace(/ {2}selector:\n.*\n/, ''), service('web')) }),
    /selector.*missing/,
  ],
  [
    'no template',
    pair({
      app: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { selector: { matchLabels: { a: b } } }\n',
    }),
    /template.*missing/,
  ],
  ['an object without name', pair({ app: web.replace('name: web', 'nam: web') }), /metadata\.name.*missing/],
  [
    'negative replicas',
    pair({ app: documents(deployment('web', { spec: 'replicas: -1' }), service('web')) }),
    /replicas.*at least 0 and at most 150000, got `-1`/,
    8,
  ],
  [
    'replicas as text',
    pair({ app: documents(deployment('web', { spec: 'replicas: "3"' }), service('web')) }),
    /replicas.*whole number/,
    8,
  ],
  [
    'half a replica',
    pair({ app: documents(deployment('web', { spec: 'replicas: 1.5' }), service('web')) }),
    /whole number/,
    8,
  ],
  [
    'requests that are no quantity',
    pair({
      app: documents(deployment('web', { container: 'resources: { requests: { cpu: lots } }' }), service('web')),
    }),
    /quantity/,
    17,
  ],
  [
    'a negative probe period',
    container('readinessProbe: { tcpSocket: { port: 1 }, periodSeconds: -1 }'),
    /periodSeconds.*at least 0/,
    17,
  ],
  ...['livenessProbe', 'startupProbe'].map(
    (name): Case => [
      `a ${name} that asks for two successes`,
      pair({ app: documents(deployment('web', { container: `${name}: { successThreshold: 2 }` }), service('web')) }),
      new RegExp(`${name}\\.successThreshold.*to be 1, .*got .2`),
      17,
    ],
  ),
  [
    'a deadline that minReadySeconds use up',
    pair({ app: documents(deployment('web', { spec: 'minReadySeconds: 600' }), service('web')) }),
    /progressDeadlineSeconds.*above minReadySeconds.*got 600 and 600/,
    8,
  ],
  [
    'a probe that is a word',
    pair({ app: documents(deployment('web', { container: 'readinessProbe: http' }), service('web')) }),
    /readinessProbe.*mapping/,
    17,
  ],
  [
    'a rollout that can never move',
    pair({
      app: documents(
        deployment('web', { spec: 'strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0% } }' }),
        service('web'),
      ),
    }),
    /no pod can ever be replaced/,
    8,
  ],
  [
    'a percentage without %',
    pair({
      app: documents(deployment('web', { spec: 'strategy: { rollingUpdate: { maxSurge: "a lot" } }' }), service('web')),
    }),
    /percentage/,
    8,
  ],
  [
    'an unknown strategy',
    pair({ app: documents(deployment('web', { spec: 'strategy: { type: Rolling }' }), service('web')) }),
    /strategy\.type/,
    8,
  ],
  [
    'a pod without containers',
    pair({ app: documents(web.replace(/containers:[\s\S]*/, 'containers: []\n'), service('web')) }),
    /at least one container/,
  ],
  [
    'a label that is a number',
    pair({ app: documents(web.replaceAll('app: web', 'app: 1'), service('web')) }),
    /to be a string, got `1`/,
  ],
  [
    'an unknown annotation of ours',
    pair({ app: documents(deployment('web', { annotations: "elevenproof.dev/servce-time-ms: '5'" }), service('web')) }),
    /Did you mean "service-time-ms"/,
    7,
  ],
  [
    'an annotation that is no number',
    pair({ app: documents(deployment('web', { annotations: "elevenproof.dev/cpu-ms: 'x'" }), service('web')) }),
    /cpu-ms.*number/,
    7,
  ],
  [
    'an annotation that is not quoted',
    pair({ app: documents(deployment('web', { annotations: 'elevenproof.dev/cpu-ms: 5' }), service('web')) }),
    /quotes/,
    7,
  ],
  [
    'a p99 below the median',
    pair({
      app: documents(deployment('web', { annotations: "elevenproof.dev/service-time-p99-ms: '5'" }), service('web')),
    }),
    /at least the median/,
    7,
  ],
  [
    'calls to an unknown Service',
    pair({ app: documents(deployment('web', { annotations: 'elevenproof.dev/calls: weeb' }), service('web')) }),
    /Did you mean "web"/,
    7,
  ],
  [
    'calls in a circle',
    pair({ app: documents(deployment('web', { annotations: 'elevenproof.dev/calls: web' }), service('web')) }),
    /circle/,
    7,
  ],
  [
    'an unknown database',
    pair({ app: documents(deployment('web', { annotations: 'elevenproof.dev/database: pg' }), service('web')) }),
    /name a workload, got `pg`/,
    7,
  ],
  [
    'an unknown balance',
    pair({
      app: documents(
        web,
        service('web').replace('name: web }', 'name: web, annotations: { elevenproof.dev/balance: robin } }'),
      ),
    }),
    /balance/,
  ],
  [
    'a broken rate limit',
    pair({
      app: documents(
        web,
        service('web').replace('name: web }', 'name: web, annotations: { elevenproof.dev/rate-limit: many } }'),
      ),
    }),
    /pairs/,
  ],
  [
    'a broken breaker',
    pair({
      app: documents(
        web,
        service('web').replace('name: web }', 'name: web, annotations: { elevenproof.dev/breaker: "error=0.5" } }'),
      ),
    }),
    /Did you mean "errors"/,
  ],
  ['a Service that selects nothing', pair({ app: documents(web, service('wbe')) }), /matches none/],
  [
    'a Service in another namespace',
    pair({
      app: documents(
        web.replace('name: web', 'name: web\n  namespace: a'),
        service('web').replace('name: web }', 'name: web, namespace: b }'),
      ),
    }),
    /namespace a/,
  ],
  [
    'a budget that selects nothing',
    app(pdb('minAvailable: 1, selector: { matchLabels: { app: weeb } }')),
    /Did you mean "web"/,
  ],
  [
    'a budget with both bounds',
    app(pdb('minAvailable: 1, maxUnavailable: 1, selector: { matchLabels: { app: web } }')),
    /one of minAvailable and maxUnavailable, got both/,
  ],
  [
    'an autoscaler of nothing',
    app(hpa('maxReplicas: 3').replace('name: web }, max', 'name: wbe }, max')),
    /Did you mean "Deployment\/web"/,
  ],
  ['an autoscaler with min above max', app(hpa('minReplicas: 5, maxReplicas: 3')), /at most maxReplicas/],
  [
    'two autoscalers of one workload',
    app(hpa('maxReplicas: 3'), hpa('maxReplicas: 3').replace('name: web }', 'name: two }')),
    /one autoscaler of web/,
  ],
  [
    'an annotation of ours where it has no effect',
    app(pdb('minAvailable: 1').replace('name: web }', 'name: web, annotations: { elevenproof.dev/serves: web } }')),
    /got `elevenproof\.dev\/serves`/,
  ],
  [
    'an entry Service without selector',
    pair({
      app: documents(
        web,
        'apiVersion: v1\nkind: Service\nmetadata: { name: s, annotations: { elevenproof.dev/serves: web } }\nspec: {}\n',
      ),
    }),
    /have a selector/,
  ],
  ['an autoscaler without max', app(hpa('minReplicas: 1')), /maxReplicas.*missing/],
  ['an unknown metric type', app(hpa('maxReplicas: 3, metrics: [{ type: Resorce }]')), /Did you mean "Resource"/],
  [
    'a policy without period',
    app(hpa('maxReplicas: 3, behavior: { scaleUp: { policies: [{ type: Pods, value: 1 }] } }')),
    /periodSeconds.*missing/,
  ],
  [
    'two containers of one name',
    pair({ app: documents(`${web}        - name: main\n`, service('web')) }),
    /containers\[1\]\.name. to be a name of its own, got .main. twice/,
  ],
  [
    'an init container with the name of a container',
    changed({ pod: 'initContainers: [{ name: main, image: a }]' }),
    /initContainers\[0\]\.name.*got .main. twice/,
    14,
  ],
  ['a container named out of shape', renamed('name: main', 'name: Main_1'), /containers\[0\]\.name.*got .Main_1/, 15],
  [
    'a request above its limit',
    container('resources: { requests: { cpu: 2 }, limits: { cpu: 1500m } }'),
    /requests\.cpu. to be at most the limit .1500m., got .2/,
    17,
  ],
  [
    'a request of something else above its limit',
    container('resources: { requests: { example.com/gpu: 2 }, limits: { example.com/gpu: 1 } }'),
    /example\.com\/gpu.*at most the limit .1., got .2/,
    17,
  ],
  [
    'a mount of no volume',
    changed({
      pod: 'volumes: [{ name: data, emptyDir: {} }]',
      container: 'volumeMounts: [{ name: dta, mountPath: /d }]',
    }),
    /to name a volume of the pod, got .dta.*Did you mean "data"/,
    18,
  ],
  ['a volume twice', changed({ pod: 'volumes: [{ name: a }, { name: a }]' }), /volumes\[1\]\.name.*twice/, 14],
  ['a port of 0', container('ports: [{ containerPort: 0 }]'), /containerPort.*at least 1 and at most 65535/, 17],
  ['a port above 65535', container('ports: [{ containerPort: 65536 }]'), /containerPort.*at most 65535/, 17],
  [
    'a port name twice in one container',
    container('ports: [{ name: a, containerPort: 1 }, { name: a, containerPort: 2 }]'),
    /ports\[1\]\.name.*got .a. twice/,
    17,
  ],
  [
    'a port name that is too long',
    container('ports: [{ name: a-very-long-name, containerPort: 1 }]'),
    /ports\[0\]\.name/,
    17,
  ],
  ['an unknown protocol', container('ports: [{ containerPort: 1, protocol: tpc }]'), /Known: TCP, UDP, SCTP/, 17],
  [
    'a probe with two handlers',
    container('livenessProbe: { tcpSocket: { port: 1 }, exec: { command: [a] } }'),
    /to have one of exec.*got exec and tcpSocket/,
    17,
  ],
  ['a probe without a handler', container('livenessProbe: { periodSeconds: 5 }'), /to have one of exec.*got none/, 17],
  ['a probe of port 70000', container('livenessProbe: { httpGet: { port: 70000 } }'), /httpGet\.port.*65535/, 17],
  [
    'a Recreate with rolling bounds',
    changed({ spec: 'strategy: { type: Recreate, rollingUpdate: { maxSurge: 1 } }' }),
    /no .spec\.strategy\.rollingUpdate. beside type Recreate/,
    8,
  ],
  [
    'an OnDelete StatefulSet with rolling bounds',
    pair({
      app: documents(stateful('updateStrategy: { type: OnDelete, rollingUpdate: { partition: 1 } }'), service('web')),
    }),
    /beside type OnDelete/,
    8,
  ],
  [
    'a rollout without more than all',
    changed({ spec: 'strategy: { rollingUpdate: { maxUnavailable: 101% } }' }),
    /maxUnavailable. to be at most 100%, got .101%/,
    8,
  ],
  [
    'an empty selector',
    renamed('matchLabels: { app: web }', 'matchLabels: {}'),
    /selector that names labels, got an empty one/,
    9,
  ],
  [
    'an expression In nothing',
    renamed('matchLabels: { app: web }', 'matchExpressions: [{ key: app, operator: In }]'),
    /Expected values beside operator In/,
    9,
  ],
  [
    'an expression Exists with values',
    renamed('matchLabels: { app: web }', 'matchExpressions: [{ key: app, operator: Exists, values: [web] }]'),
    /Expected no values beside operator Exists, got 1/,
    9,
  ],
  ['a workload named out of shape', renamed('name: web', 'name: Web'), /metadata\.name.*got .Web/, 4],
  [
    'a Service with a dot',
    pair({ app: documents(web, service('web').replace('name: web', 'name: web.a')) }),
    /got .web\.a/,
  ],
  ['a namespace out of shape', renamed('name: web', 'name: web\n  namespace: a_b'), /namespace.*got .a_b/, 5],
  ['a label key out of shape', renamed('{ app: web }', '{ app: web, -a: b }'), /label key .-a/, 12],
  ['a label key with two slashes', renamed('{ app: web }', '{ app: web, a/b/c: d }'), /label key .a\/b\/c/, 12],
  ['a label value out of shape', renamed('app: web', 'app: we b'), /label value.*got .we b/, 12],
  ['a Service port of 0', ports('[{ port: 0 }]'), /ports\[0\]\.port.*at least 1/],
  ['a target port in quotes', ports('[{ port: 80, targetPort: "8080" }]'), /targetPort.*got .8080/],
  ['two Service ports without names', ports('[{ port: 80 }, { port: 81 }]'), /ports\[1\]\.name., which is missing/],
  [
    'two Service ports of one name',
    ports('[{ name: a, port: 80 }, { name: a, port: 81 }]'),
    /ports\[1\]\.name.*got .a. twice/,
  ],
  [
    'two Service ports of one number',
    ports('[{ name: a, port: 80 }, { name: b, port: 80 }]'),
    /each port of a Service once, got .80\/TCP. twice/,
  ],
  ['a budget above 100 %', app(pdb('minAvailable: 150%, selector: { matchLabels: { app: web } }')), /at most 100%/],
  [
    'an autoscaler of a misspelt kind',
    app(hpa('maxReplicas: 3').replace('{ kind: Deployment', '{ kind: Deploymnet')),
    /scaleTargetRef\.kind.*got .Deploymnet.*Did you mean "Deployment"/,
  ],
  [
    'an autoscaler of a kind that the folder has not got',
    app(hpa('maxReplicas: 3').replace('{ kind: Deployment', '{ kind: StatefulSet')),
    /got .StatefulSet\/web/,
  ],
];

/** What an API server takes, however odd. */
const taken: readonly (readonly [odd: string, files: Record<string, string>])[] = [
  [
    'a probe whose numbers are 0, which are the defaults',
    container('livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: 0 }'),
  ],
  ['a StatefulSet without serviceName', pair({ app: documents(stateful('replicas: 1'), service('web')) })],
  [
    'a port name in two containers',
    pair({
      app: documents(
        `${deployment('web', { container: 'ports: [{ name: a, containerPort: 1 }]' })}        - { name: b, ports: [{ name: a, containerPort: 2 }] }\n`,
        service('web'),
      ),
    }),
  ],
  ['a target port of 0', ports('[{ port: 80, targetPort: 0 }]')],
  ['a port over TCP and UDP', ports('[{ name: a, port: 53 }, { name: b, port: 53, protocol: UDP }]')],
  ['a budget named out of shape', app(pdb('minAvailable: 1').replace('name: web', 'name: Web_1'))],
  ['a Recreate whose bounds are null', changed({ spec: 'strategy: { type: Recreate, rollingUpdate: null }' })],
  ['a workload with dots in its name', renamed('  name: web', '  name: web.v1')],
  [
    'a ConfigMap and a Secret that are not there',
    changed({ pod: 'volumes: [{ name: a, configMap: { name: b } }, { name: c, secret: { secretName: d } }]' }),
  ],
  [
    'a mount of a volume claim',
    pair({
      app: documents(
        stateful('volumeClaimTemplates: [{ metadata: { name: d } }]') +
          '          volumeMounts: [{ name: d, mountPath: /d }]\n',
        service('web'),
      ),
    }),
  ],
  ['a request without a limit', container('resources: { requests: { cpu: 2 }, limits: { memory: 1Gi } }')],
];

test.each(taken)('%s is taken', async (_, files) => {
  expect(await problemsOf(files)).toEqual([]);
});

test('an autoscaler of a kind that no model knows is named, and autoscaling is unknown', async () => {
  const { notModelled } = await read(
    app(hpa('maxReplicas: 3').replace('{ kind: Deployment', '{ apiVersion: example.com/v1, kind: Deployment')),
  );
  expect(notModelled).toContainEqual(
    expect.objectContaining({
      field: 'HorizontalPodAutoscaler.spec.scaleTargetRef (Deployment)',
      couldChange: expect.arrayContaining(['autoscaling']),
    }),
  );
});

test('beside a manifest that cannot be read nobody complains of names that may stand in it', async () => {
  const files = topology('replication: { x: { from: east/db, to: west/db } }\nsteadyState: { db: {} }\n');
  const problems = await problemsOf(
    { ...files, 'app.yaml': 'kind: [\n' },
    { sets: ['east/Deployment/web:spec.replicas=2'] },
  );
  expect(problems.map(({ file }) => file)).toEqual(['app.yaml']);
  const calls = deployment('web', { annotations: 'elevenproof.dev/calls: db' });
  const half = documents(
    calls,
    service('web'),
    service('db'),
    hpa('maxReplicas: 3').replace('name: web }, max', 'name: db }, max'),
  );
  const two = twoSites.replaceAll('[app.yaml]', '[app.yaml, other.yaml]');
  const others = await problemsOf({ ...pair({ topology: two, app: half }), 'other.yaml': 'kind: [\n' });
  expect(new Set(others.map(({ file }) => file))).toEqual(new Set(['other.yaml']));
});

describe('bad input is refused with its file and never with another exception', () => {
  test.each(cases.map((one) => ({ wrong: one[0], one })))('$wrong', async ({ one: [, files, words, line] }) => {
    const problems = await problemsOf(files);
    const shown = problems.map(
      (problem) => `${problem.file}:${problem.line}:${problem.column} ${problem.message} ${problem.hint ?? ''}`,
    );
    const hit = problems[shown.findIndex((one) => words.test(one))];
    expect(hit, shown.join('\n')).toBeDefined();
    expect(hit?.file).toMatch(/\.yaml$/);
    if (line !== undefined) expect(hit?.line).toBe(line);
  });
});

test('all problems of all files come at once, and those of a shared file once', async () => {
  const problems = await problemsOf({
    ...pair({ kind: `${kind}netwroking: {}\n`, topology: `${twoSites}linc: {}\n` }),
    'app.yaml': deployment('web', { spec: 'replicas: -1' }),
  });
  expect(problems.map((problem) => problem.file)).toEqual(['topology.yaml', 'kind.yaml', 'app.yaml']);
});

test('a folder without kind config is refused with what to do', async () => {
  const [problem] = await problemsOf({ 'app.yaml': deployment('web') });
  expect(problem?.message).toMatch(/found none/);
  expect(problem?.hint).toMatch(/kind config/);
});

test('several kind configs without topology.yaml are refused by name', async () => {
  const [problem] = await problemsOf({ 'a.yaml': kind, 'b.yaml': kind });
  expect(problem?.message).toMatch(/a\.yaml, b\.yaml/);
  expect(problem?.hint).toMatch(/topology\.yaml/);
});

test('an empty folder, a missing one and a misspelt name are refused', async () => {
  expect(await problemsOf({})).toHaveLength(1);
  expect((await problemsAt('/nowhere/at/all'))[0]?.message).toMatch(/nowhere/);
  expect((await problemsAt('dual-sit'))[0]?.hint).toMatch(/Did you mean "dual-site"/);
  expect((await problemsAt(''))[0]?.message).toMatch(/got ``/);
});

test.skipIf(process.getuid?.() === 0)('an unreadable file is refused as such', async () => {
  const folder = folderWith(pair());
  chmodSync(join(folder, 'app.yaml'), 0);
  expect((await problemsAt(folder))[0]?.message).toMatch(/not permitted/);
});

test('a file behind a loop of links, a folder in place of a file and a broken path are refused where they are named', async () => {
  const folder = folderWith({
    ...pair({
      topology: twoSites
        .replace('[app.yaml]', '[loop.yaml, app.yaml/x]')
        .replace('west: { cluster: kind.yaml', 'west: { cluster: .'),
    }),
  });
  symlinkSync('loop.yaml', join(folder, 'loop.yaml'));
  const problems = await problemsAt(folder);
  expect(problems.map((problem) => [problem.file, problem.line])).toEqual([
    ['topology.yaml', 2],
    ['topology.yaml', 2],
    ['topology.yaml', 3],
  ]);
  expect(problems.map((problem) => problem.message).join('\n')).toMatch(
    /form a loop[\s\S]*not a folder[\s\S]*it is a folder/,
  );
});

test('a binary file is refused', async () => {
  const problems = await problemsOf(pair({ app: '\u0000\u0001\u0002PNG\u0000' }));
  expect(problems[0]?.file).toBe('app.yaml');
});

test('a kind config with an empty list of nodes has one control plane, as kind has it', async () => {
  expect(await problemsOf(pair({ kind: kind.replace(/nodes:[\s\S]*/, 'nodes: []\n') }))).toEqual([]);
});

test.each(['constructor', '__proto__', 'toString'])(
  'an object of the kind `%s` is one that no model knows',
  async (strange) => {
    const object = `apiVersion: example.com/v1\nkind: ${strange}\nmetadata: { name: x }\n`;
    expect(await problemsOf(app(object))).toEqual([]);
  },
);
