import { expect, test } from 'vitest';
import { shippedTopologies } from '../../../src/compose/topology/place.ts';
import { readTopology, readTopologyAndFiles } from '../../../src/compose/topology/read-topology.ts';

test('the shipped topologies are found by their bare names', () => {
  expect(shippedTopologies()).toEqual(['active-standby', 'dual-site', 'dual-site-small']);
});

test('dual-site is two equal sites, fully modelled, with nothing assumed', async () => {
  const topology = await readTopology('dual-site');
  expect(topology.sites.map((site) => site.name)).toEqual(['east', 'west']);
  expect(topology.notModelled).toEqual([]);
  expect(topology.assumed).toEqual([]);
  for (const site of topology.sites) {
    expect(site.nodes.map((node) => node.name)).toEqual([
      `${site.name}-control-plane`,
      `${site.name}-control-plane2`,
      `${site.name}-control-plane3`,
      `${site.name}-worker`,
      `${site.name}-worker2`,
      `${site.name}-worker3`,
    ]);
    expect(site.workloads.map((workload) => workload.name).sort()).toEqual(['agent', 'gateway', 'orders', 'postgres']);
    expect(site.services.find((service) => service.serves !== undefined)).toMatchObject({
      name: 'gateway',
      serves: 'orders',
      workloads: ['gateway'],
    });
    expect(site.kubernetes).toEqual({ minor: 34, image: 'kindest/node:v1.34.0', assumed: false });
    expect(site.apiLoadBalancer).toBe('haproxy');
  }
});

test('dual-site-small has one control plane in the west', async () => {
  const topology = await readTopology('dual-site-small');
  const counts = topology.sites.map((site) => site.nodes.filter((node) => node.role === 'control-plane').length);
  expect(counts).toEqual([3, 1]);
});

test('active-standby is dual-site with one site that waits, and says everything', async () => {
  const [topology, equal] = [await readTopology('active-standby'), await readTopology('dual-site')];
  expect(topology.sites.map(({ role }) => role)).toEqual(['active', 'standby']);
  expect(topology.sites.map(({ nodes }) => nodes)).toEqual(equal.sites.map(({ nodes }) => nodes));
  expect(topology.globalLoadBalancer.weights).toEqual({ east: 1, west: 0 });
  expect(topology.replication[0]).toMatchObject({ from: 'east/postgres', to: 'west/postgres', bothWays: false });
  expect([...topology.notModelled, ...topology.assumed]).toEqual([]);
});

test('every file that was read stands in the record once with its SHA-256', async () => {
  const { files } = await readTopology('dual-site');
  expect(files.map((file) => file.path)).toContain('../order-desk/site/orders.yaml');
  expect(new Set(files.map((file) => file.path)).size).toBe(files.length);
  for (const file of files) expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('one site of dual-site has room for every replica that the autoscalers may ask for, also with a worker gone', async () => {
  const { sites } = await readTopology('dual-site');
  for (const site of sites) {
    const workers = site.nodes.filter((node) => node.role === 'worker');
    const asked = site.workloads.reduce((sum, workload) => {
      const most = site.autoscalers.find((autoscaler) => autoscaler.workload === workload.name)?.replicasMax;
      const replicas = workload.kind === 'DaemonSet' ? workers.length : (most ?? workload.replicas);
      return sum + replicas * workload.template.requests.cpuCores;
    }, 0);
    expect(asked).toBeLessThan((workers.length - 1) * workers[0]!.cpuCores);
  }
});

test('the content of the files comes with every change made to it, for whoever deploys it', async () => {
  const sets = ['east/Deployment/orders:spec.replicas=7', 'west/kind:nodes[0].role=control-plane'];
  const { files, topology } = await readTopologyAndFiles('dual-site', { sets });
  expect(files.map(({ site }) => site)).toEqual(topology.sites.map(({ name }) => name));
  const east = files[0]?.objects.map(({ kind, metadata, spec }) => ({ kind, metadata, spec }));
  expect(east).toContainEqual(
    expect.objectContaining({
      kind: 'Deployment',
      metadata: expect.objectContaining({ name: 'orders' }),
      spec: expect.objectContaining({ replicas: 7 }),
    }),
  );
  expect(files[1]?.cluster).toMatchObject({
    kind: 'Cluster',
    nodes: topology.sites[1]?.nodes.map(({ role }) => ({ role })),
  });
});
