/** What an API server refuses in manifests is refused here, too, and what it takes is taken, however odd. */
import { describe, expect, test } from 'vitest';
import { deployment, documents, pair, problemsOf, read, service } from './folder.ts';
import {
  app,
  type Case,
  changed,
  container,
  expectRefused,
  hpa,
  pdb,
  ports,
  renamed,
  stateful,
  web,
} from './wrong-files.ts';

const cases: readonly Case[] = [
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

describe('what an API server refuses is refused', () => {
  test.each(cases.map((one) => ({ wrong: one[0], one })))('$wrong', ({ one }) => expectRefused(one));
});

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
