import { describe, expect, test } from 'vitest';
import type { Problem } from '../../../src/base/errors.ts';
import { readTopology } from '../../../src/compose/topology/read-topology.ts';
import type { Site, Topology } from '../../../src/domain/topology.ts';
import { problemsAt } from './folder.ts';

const dual = (...sets: string[]): Promise<Topology> => readTopology('dual-site', { sets });
const refused = (...sets: string[]): Promise<readonly Problem[]> => problemsAt('dual-site', { sets });
const workload = (site: Site | undefined, name: string) => site?.workloads.find((one) => one.name === name);

describe('a set changes the files before they are understood', () => {
  test('a path without a document is topology.yaml', async () => {
    expect((await dual('link.delayMs=50')).link.delayMs).toBe(50);
    expect((await dual('topology:globalLoadBalancer.weights.west=0')).globalLoadBalancer.weights).toEqual({
      east: 50,
      west: 0,
    });
  });

  test('a kind config takes another list of nodes in one site only', async () => {
    const { sites } = await dual('east/kind:nodes=[{"role":"control-plane"},{"role":"worker"},{"role":"worker"}]');
    expect(sites.map((site) => site.nodes.length)).toEqual([3, 6]);
    expect(sites[0]?.nodes.map((node) => node.name)).toEqual(['east-control-plane', 'east-worker', 'east-worker2']);
  });

  test('an object is deleted in every site by *', async () => {
    const { sites } = await dual('*/HorizontalPodAutoscaler/orders=null');
    expect(sites.map((site) => site.autoscalers.map((one) => one.name))).toEqual([['gateway'], ['gateway']]);
  });

  test('a field deep inside is deleted, in the site that is named', async () => {
    const { sites } = await dual('east/Deployment/orders:spec.template.spec.containers[0].readinessProbe=null');
    expect(sites.map((site) => workload(site, 'orders')?.template.readiness === undefined)).toEqual([true, false]);
  });

  test('a field that was not there is added, with its parents', async () => {
    const { sites } = await dual(
      '*/Deployment/gateway:spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution=[{topologyKey: zone}]',
    );
    expect(workload(sites[0], 'gateway')?.template.antiAffinity).toMatchObject([
      { topologyKey: 'zone', required: true },
    ]);
  });

  test('a quoted key may hold dots, and an annotation becomes a text by itself', async () => {
    const { sites } = await dual(
      '*/Service/gateway:metadata.annotations["elevenproof.dev/timeout-ms"]=250',
      '*/Service/gateway:metadata.annotations["elevenproof.dev/rate-limit"]=partner=200,*=5000',
    );
    expect(sites[0]?.services.find((one) => one.name === 'gateway')?.policy).toMatchObject({
      timeoutMs: 250,
      rateLimitRps: { partner: 200, '*': 5000 },
    });
  });

  test('an element of a list is deleted or appended', async () => {
    const { sites } = await dual('east/kind:nodes[5]=null', 'west/kind:nodes[6]={role: worker}');
    expect(sites.map((site) => site.nodes.length)).toEqual([5, 7]);
  });

  test('an active/standby pair with one-way replication needs sets only', async () => {
    const topology = await dual(
      'sites.west.role=standby',
      'globalLoadBalancer.weights.west=0',
      'replication.orders={ from: east/postgres, to: west/postgres, mode: stream }',
    );
    expect(topology.sites.map((site) => site.role)).toEqual(['active', 'standby']);
    expect(topology.replication[0]).toMatchObject({ name: 'orders', bothWays: false });
  });

  test('later sets see what earlier ones did', async () => {
    expect((await dual('link.delayMs=50', 'link.delayMs=60')).link.delayMs).toBe(60);
    expect((await dual('replication=null')).replication).toEqual([]);
  });

  test('the manifests that a set names are read', async () => {
    const { sites } = await dual('sites.west.manifests=[]', 'replication=null');
    expect(sites.map((site) => site.workloads.length)).toEqual([4, 0]);
  });
});

const wrong: readonly (readonly [string, RegExp])[] = [
  ['link.delay=5', /Did you mean "delayMs"/],
  ['nonsense', /hold a `=`/],
  ['=5', /path/],
  ['a..b=5', /path/],
  ['link=[', /valid YAML/],
  ['topology=null', /name a path/],
  ['east/kind=null', /name a path/],
  ['*/Deployment/orders=5', /name a path/],
  ['est/kind:nodes=[]', /Did you mean "east"/],
  ['*/Deployment/order:spec.replicas=1', /Did you mean "Deployment\/orders"/],
  ['*/Deploymnt/orders:spec.replicas=1', /Did you mean "Deployment\/orders"/],
  ['*/Deployment/orders:spec.replica=1', /Did you mean "replicas"/],
  ['*/Deployment/orders:spec.template.spec.containers[0].readynessProbe=null', /Did you mean "readinessProbe"/],
  ['*/Deployment/orders:spec.template.spec.containers[7].readinessProbe=null', /has 1 elements/],
  ['*/Deployment/orders:spec.replicas.x=1', /no mapping/],
  ['*/Deployment/orders:spec[0]=1', /no list/],
  ['east/kind:nodez=[]', /Did you mean "nodes"/],
  ['replication.odrers=null', /Did you mean "orders"/],
  ['*/Deployment/orders:spec.replicas=-1', /at least 0 and at most 150000, got `-1`/],
];

describe('a set that does not fit is refused', () => {
  test.each(wrong)('%s', async (set, words) => {
    const shown = (await refused(set)).map((problem) => `${problem.message} ${problem.hint ?? ''}`);
    expect(shown.join('\n')).toMatch(words);
  });

  test('all of them at once', async () => {
    expect((await refused('nonsense', 'est/kind:nodes=[]', 'link.delay=5')).length).toBe(3);
  });
});
