/** Decisions of a deployment on literal data. */
import { expect, test } from 'vitest';
import { neededAddOns, readAddOn } from '../../../../src/platform/kind/deploy/add-ons.ts';
import { podReasons, shortfall } from '../../../../src/platform/kind/deploy/await-ready.ts';
import type { Draft } from '../../../../src/platform/kind/deploy/draft.ts';
import { fitOf } from '../../../../src/platform/kind/deploy/fit-objects.ts';
import { hasImage, storeName } from '../../../../src/platform/kind/deploy/load-images.ts';
import { inOrder, missingNamespaces, placeInNamespaces } from '../../../../src/platform/kind/deploy/place-objects.ts';
import { inWords } from '../../../../src/platform/kind/deploy/retrying.ts';
import { strangeNotes } from '../../../../src/platform/kind/deploy/tell-pods.ts';

const object = (kind: string, name: string, namespace?: string): Draft => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});

test('objects without a namespace lie in the only one that is named', () => {
  const drafts = [object('Service', 'a', 'shop'), object('Secret', 'b'), object('ClusterRole', 'c')];
  placeInNamespaces(drafts);
  expect(drafts.map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'shop', undefined]);
  expect(missingNamespaces(drafts).map(({ metadata }) => metadata.name)).toEqual(['shop']);
});

test('with two namespaces, or none, the rest lies in default', () => {
  for (const named of [[object('Service', 'a', 'x'), object('Deployment', 'b', 'y')], []]) {
    const rest = object('Service', 'c');
    placeInNamespaces([...named, rest]);
    expect(rest.metadata.namespace).toBe('default');
  }
});

test('namespaces come first, then what others need, unknown kinds late, what may refuse them last', () => {
  const kinds = [
    'MutatingWebhookConfiguration',
    'Rollout',
    'Deployment',
    'Secret',
    'CustomResourceDefinition',
    'Namespace',
  ];
  const order = inOrder(kinds.map((kind) => object(kind, 'x')));
  expect(order.flat().map(({ kind }) => kind)).toEqual([...kinds].reverse());
});

const autoscaler = (...types: string[]) => ({
  kind: 'HorizontalPodAutoscaler',
  spec: { metrics: types.map((type) => ({ type })) },
});
const apiService = (name: string) => ({ kind: 'APIService', metadata: { name } });

test.each([
  ['no autoscaler', [], []],
  ['an autoscaler that says no metric', [autoscaler()], ['metrics-server']],
  ['both kinds of metrics', [autoscaler('Resource', 'Pods')], ['metrics-server', 'business-metrics']],
  ['an adapter of their own', [autoscaler('Pods'), apiService('v1beta1.custom.metrics.k8s.io')], []],
  [
    'an adapter of their own that has no CPU',
    [autoscaler('Resource'), apiService('v1beta1.custom.metrics.k8s.io')],
    ['metrics-server'],
  ],
] as const)('%s', (_, objects, wanted) => {
  expect(neededAddOns(objects)).toEqual(wanted);
});

test('add-ons are whole: every namespaced object says where it lies', async () => {
  const objects = [...(await readAddOn('metrics-server')), ...(await readAddOn('business-metrics'))];
  const drafts = objects as unknown as Draft[];
  const bare = drafts.filter(({ metadata }) => metadata.namespace === undefined).map(({ kind }) => kind);
  expect([...new Set(bare)].sort()).toEqual(['APIService', 'ClusterRole', 'ClusterRoleBinding', 'Namespace']);
});

test('the fit is real by declared, of the workers', () => {
  const node = (name: string, role: 'worker' | 'control-plane', cpuCores: number) => ({
    name,
    role,
    cpuCores,
    memoryMiB: 16_384,
    labels: {},
    taints: [],
    podsMax: 110,
  });
  const nodes = [node('cp', 'control-plane', 4), node('w1', 'worker', 8), node('w2', 'worker', 8)];
  const real = new Map(nodes.map(({ name }) => [name, { cpu: '2', memory: '8Gi' }]));
  expect(fitOf(nodes, real)).toEqual({ cpuRatio: 0.25, memoryRatio: 0.5 });
  expect(fitOf(nodes.slice(0, 1), real).cpuRatio).toBe(0.5);
  expect(fitOf(nodes, new Map())).toEqual({ cpuRatio: 1, memoryRatio: 1 });
});

test.each([
  ['postgres:17', 'docker.io/library/postgres:17'],
  ['prom/prometheus:v2', 'docker.io/prom/prometheus:v2'],
  ['registry.k8s.io/pause', 'registry.k8s.io/pause:latest'],
  ['localhost:5000/x@sha256:ab', 'localhost:5000/x@sha256:ab'],
])('a node knows %s as %s', (image, name) => {
  expect(storeName(image)).toBe(name);
});

test('an image is there when it is the very one, or came another way', () => {
  const store = [
    'REF TYPE DIGEST SIZE PLATFORMS LABELS',
    'docker.io/library/a:1 application/x sha256:1 3.0 MiB linux/amd64 dev.elevenproof.id=sha256:aa,io.cri-containerd.image=managed',
    'docker.io/library/b:1 application/x sha256:2 3.0 MiB linux/amd64 io.cri-containerd.image=managed',
  ].join('\n');
  expect(hasImage(store, 'a:1', 'sha256:aa')).toBe(true);
  expect(hasImage(store, 'a:1', 'sha256:bb')).toBe(false);
  expect(hasImage(store, 'b:1', 'sha256:bb')).toBe(true);
  expect(hasImage(store, 'c:1', 'sha256:bb')).toBe(false);
});

const status = (extra: object) => ({
  observedGeneration: 2,
  replicas: 4,
  readyReplicas: 4,
  updatedReplicas: 4,
  ...extra,
});
const state = (extra: object) => ({ metadata: { generation: 2 }, spec: { replicas: 4 }, status: status(extra) });

test('a workload is as wanted when all pods are new, ready, and no old one is left', () => {
  expect(shortfall('Deployment', state({}))).toBeUndefined();
  expect(shortfall('Deployment', state({ readyReplicas: 3 }))).toBe('3 of 4 ready');
  expect(shortfall('Deployment', state({ updatedReplicas: 1 }))).toBe('1 of 4 new');
  expect(shortfall('Deployment', state({ replicas: 5 }))).toBe('4 of 4 new');
  expect(shortfall('Deployment', state({ observedGeneration: 1 }))).toMatch('not looked at');
  expect(shortfall('DaemonSet', { status: { desiredNumberScheduled: 2, numberReady: 1 } })).toBe('1 of 2 ready');
  expect(shortfall('DaemonSet', { metadata: { generation: 1 } })).toMatch('not looked at');
});

test('a pod that is not ready says why', () => {
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
  expect(podReasons({ status: ready })).toEqual([]);
  const waiting = { name: 'orders', state: { waiting: { reason: 'ErrImagePull' } }, restartCount: 0 };
  const asked = { containerStatuses: [{ ...waiting, image: '', imageID: '', ready: false }] };
  expect(podReasons({ status: asked })).toEqual(['orders ErrImagePull']);
  const full = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes' };
  expect(podReasons({ status: { conditions: [full] } })).toEqual(['Unschedulable: 0/2 nodes']);
  expect(podReasons({ metadata: { name: 'a-1' }, status: {} })).toEqual(['a-1 runs and is not ready']);
});

test('notes that others left on pods are found', () => {
  const workload = (annotations: Record<string, string>): Draft => ({
    ...object('Deployment', 'orders'),
    spec: { template: { metadata: { annotations } } },
  });
  const ours = workload({ 'elevenproof.dev/concurrency': '6' });
  const found = workload({ 'elevenproof.dev/concurrency': '6', 'elevenproof.dev/release': 'errors', other: 'x' });
  expect(strangeNotes(ours, found)).toEqual(['elevenproof.dev/release']);
});

test("an API server's own words are what is told", () => {
  expect(inWords({ body: '{"message":"spec.replicas: Invalid value"}', message: 'HTTP-Code: 422\nlong' })).toBe(
    'spec.replicas: Invalid value',
  );
  expect(inWords(new Error('connect ECONNREFUSED\nmore'))).toBe('connect ECONNREFUSED');
});
