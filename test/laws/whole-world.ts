/** Whether a simulated world is whole, read from its models and not through any observer. Apart so that healing and undo are checked by something that knows nothing of them. */
import { components } from '../../src/domain/action.ts';
import type { World } from '../../src/sim/world.ts';

/** Everything that is broken, changed or held, in words; empty when the world is as it was deployed. */
export function brokenIn(world: World): readonly string[] {
  return [
    ...world.sites.flatMap((site) => [
      ...brokenNodes(world, site.name),
      ...brokenControl(world, site.name),
      ...brokenWorkloads(world, site.name),
    ]),
    ...brokenPaths(world),
    ...brokenData(world),
  ];
}

function brokenNodes(world: World, site: string): readonly string[] {
  const { machines, nodes, etcd } = world;
  return nodes.list(site).flatMap(({ spec: { name, role }, ready, cordoned, outOfService }) => [
    ...(machines.power(name) === 'on' ? [] : [`${name} is ${machines.power(name)}`]),
    ...components
      .filter((component) => role === 'control-plane' || component === 'kubelet' || component === 'containerd')
      .map((component) => `${component} on ${name} is ${machines.process(name, component)}`)
      .filter((text) => !text.endsWith(' running')),
    ...(ready === 'True' ? [] : [`${name} is Ready=${ready}`]),
    ...(cordoned ? [`${name} is cordoned`] : []),
    ...(outOfService ? [`${name} is out of service`] : []),
    ...(role === 'worker' || etcd.fsyncMs(name) < 100 ? [] : [`the disk of ${name} is stalled`]),
  ]);
}

function brokenControl(world: World, site: string): readonly string[] {
  return [
    ...(world.etcd.whole(site) ? [] : [`etcd of ${site} is not whole`]),
    ...(world.controlPlane.whole(site) ? [] : [`the control plane of ${site} is not whole`]),
  ];
}

function brokenWorkloads(world: World, site: string): readonly string[] {
  const specs = world.sites.find(({ name }) => name === site)!.workloads;
  return specs.flatMap(({ name }) => {
    const { ready, wanted, rolledOut } = world.workloads.status(site, name);
    const pods = world.workloads.pods(site, name);
    return [
      ...(ready >= wanted ? [] : [`${site}/${name} has ${ready} of ${wanted}`]),
      ...(rolledOut ? [] : [`${site}/${name} is not rolled out`]),
      ...pods.filter(({ truth }) => truth !== 'serving').map((pod) => `${pod.name} is ${pod.truth}`),
      ...pods.filter(({ slowFactor }) => slowFactor !== 1).map((pod) => `${pod.name} is slow`),
    ];
  });
}

function brokenPaths(world: World): readonly string[] {
  const { network, routing, topology } = world;
  const names = world.sites.map(({ name }) => name);
  const all = world.sites.flatMap(({ nodes }) => nodes.map(({ name }) => name));
  const pairs = all.flatMap((from) => all.filter((to) => to !== from).map((to) => [from, to] as const));
  const weights = JSON.stringify(routing.weights());
  return [
    ...pairs
      .filter(([from, to]) => !network.passes({ node: from }, { node: to }))
      .map(([from, to]) => `${from} does not reach ${to}`),
    ...pairs
      .filter(([from, to]) => network.lossRatio({ node: from }, { node: to }) > 0)
      .map(([from, to]) => `${from} loses packets to ${to}`),
    ...names.filter((site) => !network.reachable(site)).map((site) => `nobody reaches ${site}`),
    ...(weights === JSON.stringify(topology.globalLoadBalancer.weights) ? [] : [`weights are ${weights}`]),
  ];
}

function brokenData(world: World): readonly string[] {
  const { replication, topology } = world;
  return topology.replication
    .map(({ name }) => name)
    .filter((name) => replication.held(name))
    .map((name) => `replication ${name} is stalled`);
}
