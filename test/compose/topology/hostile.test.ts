import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deployment, documents, folderWith, kind, pair, problemsAt, problemsOf, service, twoSites } from './folder.ts';
import { app, type Case, container, expectRefused, hpa, pdb, topology, web } from './wrong-files.ts';

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
];

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
  test.each(cases.map((one) => ({ wrong: one[0], one })))('$wrong', ({ one }) => expectRefused(one));
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
