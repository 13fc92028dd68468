/** What a cluster is given, on the very files of the order desk. */
import { expect, test } from 'vitest';
import { readTopologyAndFiles } from '../../../../src/compose/topology/read-topology.ts';
import { type Draft, notesOf, templateOf } from '../../../../src/platform/kind/deploy/draft.ts';
import { imagesOf, planObjects } from '../../../../src/platform/kind/deploy/plan-objects.ts';
import { planGround } from '../../../../src/platform/kind/ground.ts';
import { parseImages } from '../../../../src/platform/kind/images.ts';

async function planned(options: { scale?: number; sets?: readonly string[]; images?: string } = {}) {
  const { topology, files } = await readTopologyAndFiles('dual-site-small', { sets: options.sets ?? [] });
  const drafts = planObjects(files[0]!, {
    ground: planGround(topology, { id: 'ep-1', folder: '/tmp/ep-1', subnet: '172.20.0.0/22' }),
    topology,
    scale: options.scale ?? 1,
    fit: { cpuRatio: 0.25, memoryRatio: 1.5 },
    imageOf: parseImages(options.images),
    addOns: [],
  });
  const find = (kind: string, name: string) => drafts.find((each) => each.kind === kind && each.metadata.name === name);
  return { drafts, files, find };
}

const podNotes = (draft: Draft | undefined) => notesOf(templateOf(draft!)?.metadata);

test('a pod is told everything that stands on its workload, its site, its Service and how to call others', async () => {
  const { find } = await planned();
  const notes = podNotes(find('Deployment', 'gateway'));
  expect(notes).toMatchObject({ site: 'east', service: 'gateway', calls: 'orders', concurrency: '200' });
  expect(JSON.parse(notes.policies!)).toMatchObject({
    gateway: { serves: 'orders', port: '80', 'pod-port': '8080' },
    orders: { 'timeout-ms': '500', retries: '1', 'retry-budget-ratio': '0.2', port: '80', 'pod-port': '8080' },
  });
});

test('a note on the template wins over the same on its workload', async () => {
  const set = '*/Deployment/orders:spec.template.metadata.annotations["elevenproof.dev/concurrency"]=4';
  const { find } = await planned({ sets: [set] });
  expect(podNotes(find('Deployment', 'orders')).concurrency).toBe('4');
});

test('a scale changes capacity, limits and targets as it changes a topology', async () => {
  const sets = [
    '*/Service/gateway:metadata.annotations["elevenproof.dev/rate-limit"]=partner=200,*=5000',
    '*/Deployment/orders:metadata.annotations["elevenproof.dev/queue"]=null',
  ];
  const { find } = await planned({ scale: 0.05, sets });
  // 2 ms of CPU ÷ 0.05, on cores of which a quarter is there; the queue's default is ten times the concurrency.
  expect(podNotes(find('Deployment', 'orders'))).toMatchObject({ concurrency: '0.3', queue: '3', 'cpu-ms': '10' });
  expect(notesOf(find('Service', 'gateway')!.metadata)['rate-limit']).toBe('partner=10,*=250');
  expect(JSON.parse(podNotes(find('Deployment', 'gateway')).policies!).gateway['rate-limit']).toBe('partner=10,*=250');
  expect(find('HorizontalPodAutoscaler', 'orders')!.spec!.metrics).toEqual([
    expect.objectContaining({
      pods: { metric: { name: 'orders_per_second' }, target: { type: 'AverageValue', averageValue: '7500m' } },
    }),
  ]);
  expect(find('HorizontalPodAutoscaler', 'gateway')!.spec!.metrics).toEqual([
    expect.objectContaining({ resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }),
  ]);
});

test('requests fit the machine as declared, and no limit is too small to start', async () => {
  const { find } = await planned();
  const resources = (kind: string, name: string) => templateOf(find(kind, name)!)!.spec!.containers![0]!.resources;
  expect(resources('StatefulSet', 'postgres')).toEqual({
    requests: { cpu: '250m', memory: `${1.5 * 1024 * 1024}Ki` },
    limits: { cpu: '1000m', memory: `${3 * 1024 * 1024}Ki` },
  });
  expect(resources('DaemonSet', 'agent')).toMatchObject({ requests: { cpu: '25m' }, limits: { cpu: '500m' } });
});

test('everything bears our label, pods too, and selectors stay as they were', async () => {
  const { drafts, find } = await planned();
  expect(drafts.filter(({ metadata }) => metadata.labels?.['dev.elevenproof.pair'] !== 'ep-1')).toEqual([]);
  expect(templateOf(find('Deployment', 'orders')!)!.metadata!.labels).toEqual({
    app: 'orders',
    'dev.elevenproof.pair': 'ep-1',
  });
  expect(find('Deployment', 'orders')!.spec!.selector).toEqual({ matchLabels: { app: 'orders' } });
});

test('a database is reached from outside, an entry that is open already gets nothing beside it', async () => {
  const { find } = await planned();
  expect(find('Service', 'postgres-outside')!.spec).toMatchObject({
    type: 'NodePort',
    selector: { app: 'postgres' },
    ports: [{ port: 5432 }],
  });
  expect(find('Service', 'gateway-outside')).toBeUndefined();
});

test('an entry inside the cluster gets a way in beside it', async () => {
  const sets = ['*/Service/gateway:spec.type=ClusterIP', '*/Service/gateway:spec.ports[0].nodePort=null'];
  const { find } = await planned({ sets });
  expect(find('Service', 'gateway-outside')!.spec).toEqual({
    type: 'NodePort',
    selector: { app: 'gateway' },
    ports: [{ name: 'http', port: 80, targetPort: 'http' }],
  });
});

test('callers that choose pods by themselves, and pods that share a limit, get a list of pods', async () => {
  const set = '*/Service/orders:metadata.annotations["elevenproof.dev/balance"]=least-requests';
  const { find } = await planned({ sets: [set] });
  expect(find('Service', 'orders-pods')!.spec).toEqual({ clusterIP: 'None', selector: { app: 'orders' } });
  expect((await planned()).find('Service', 'orders-pods')).toBeUndefined();
});

test('images are replaced where somebody says so', async () => {
  const { drafts } = await planned({ images: 'postgres:17=mirror.example/postgres:17' });
  expect(imagesOf(drafts)).toEqual(['elevenproof/order-desk:dev', 'mirror.example/postgres:17']);
});

test('a node that is asked for by its name in the topology is its container', async () => {
  const set = 'east/Deployment/orders:spec.template.spec.nodeSelector={"kubernetes.io/hostname":"east-worker2"}';
  const { find } = await planned({ sets: [set] });
  expect(templateOf(find('Deployment', 'orders')!)!.spec!.nodeSelector).toEqual({
    'kubernetes.io/hostname': 'ep-1-east-worker2',
  });
});

test('the files stay as they were', async () => {
  const { files } = await planned({ scale: 0.05 });
  const again = await readTopologyAndFiles('dual-site-small');
  expect(files).toEqual(again.files);
});
