/** What is observed of a simulated world: for every fact of the catalogue, how it is read and which model's change calls for a look. */
import { factKey } from '../../domain/fact.ts';
import type { Site } from '../../domain/topology.ts';
import type { Pod } from '../../sim/model.ts';
import type { World } from '../../sim/world.ts';
import type { Source, Watched, Watcher } from './watcher.ts';

type Reading = Watched['read'];

/** Looks at everything once and from now on at whatever changes. */
export function observeWorld(world: World, watcher: Watcher): void {
  const bySite = new Map(world.sites.map((site) => [site.name, siteThings(world, site)]));
  const look = (site: string, part: keyof SiteThings) => watcher.look(bySite.get(site)?.[part] ?? []);
  for (const site of world.sites) {
    for (const part of ['etcd', 'control', 'nodes', 'workloads', 'routing'] as const) look(site.name, part);
    for (const workload of site.workloads)
      for (const pod of world.workloads.pods(site.name, workload.name)) watcher.look(podThings(world, pod));
  }
  const nodeThings = new Map(
    world.sites.flatMap((site) => site.nodes.map((node) => [node.name, perNode(world, site, node.name)] as const)),
  );
  const siteOf = new Map(world.sites.flatMap((site) => site.nodes.map((node) => [node.name, site.name] as const)));
  for (const things of nodeThings.values()) watcher.look(things);
  const counts = new Map(world.sites.map((site) => [site.name, nodeCounts(world, site)]));
  const workloadThings = new Map(
    world.sites.flatMap((site) =>
      site.workloads.map((w) => [`${site.name}/${w.name}`, perWorkload(world, site, w.name)] as const),
    ),
  );
  const across = crossSite(world);
  watcher.look(across);

  world.etcd.changed.on(({ site }) => {
    look(site, 'etcd');
    look(site, 'control');
  });
  world.controlPlane.changed.on(({ site }) => {
    watcher.lookAtInformers(site);
    look(site, 'control');
  });
  world.machines.changed.on(({ node }) => {
    watcher.look(nodeThings.get(node) ?? []);
    look(siteOf.get(node) ?? '', 'etcd');
    look(siteOf.get(node) ?? '', 'control');
  });
  const cordoned = new Set<string>();
  world.nodes.changed.on(({ node }) => {
    if (world.nodes.get(node).cordoned) cordoned.add(node);
    else cordoned.delete(node);
    watcher.look(nodeThings.get(node) ?? []);
    watcher.look(counts.get(siteOf.get(node) ?? '') ?? []);
  });
  const thingsOfPods = new WeakMap<Pod, readonly Watched[]>();
  world.workloads.podChanged.on((pod) => {
    for (const node of cordoned) watcher.look(nodeThings.get(node) ?? []);
    let things = thingsOfPods.get(pod);
    if (things === undefined) {
      things = podThings(world, pod);
      thingsOfPods.set(pod, things);
    }
    watcher.look(things);
    watcher.look(workloadThings.get(`${pod.site}/${pod.workload}`) ?? []);
  });
  world.workloads.workloadChanged.on(({ site, workload }) =>
    watcher.look(workloadThings.get(`${site}/${workload}`) ?? []),
  );
  world.autoscaler.changed.on(({ site, workload }) => watcher.look(workloadThings.get(`${site}/${workload}`) ?? []));
  world.routing.changed.on(({ site }) => look(site, 'routing'));
  world.traffic.breakerChanged.on(({ site }) => look(site, 'routing'));
  world.network.changed.on(() => {
    watcher.look(across);
    for (const site of world.sites) look(site.name, 'routing');
  });
  world.replication.changed.on(() => watcher.look(across));
  everySecond(world, () => watcher.look(across));
}

/** Databases are asked once a second whatever happens: lag grows by time alone. */
function everySecond(world: World, look: () => void): void {
  if (world.replication.list().length === 0) return;
  const tick = () => {
    look();
    world.kernel.after(1000, tick);
  };
  world.kernel.after(1000, tick);
}

interface SiteThings {
  readonly etcd: readonly Watched[];
  readonly control: readonly Watched[];
  readonly nodes: readonly Watched[];
  readonly workloads: readonly Watched[];
  readonly routing: readonly Watched[];
}

const thing = (fact: Watched['fact'], subject: Watched['subject'], source: Source, read: Reading): Watched => ({
  fact,
  subject,
  source,
  key: factKey(fact, subject),
  read,
});

function siteThings(world: World, site: Site): SiteThings {
  const { name } = site;
  return {
    etcd: etcdThings(world, site),
    control: controlThings(world, site),
    nodes: nodeCounts(world, site),
    workloads: site.workloads.flatMap((workload) => perWorkload(world, site, workload.name)),
    routing: [
      ...site.services.flatMap((service) => [
        thing('endpoints.ready', { site: name, service: service.name }, 'informer', () =>
          world.routing.endpointsReady(name, service.name),
        ),
        ...(service.policy.breaker === undefined
          ? []
          : [
              thing('breaker.state', { site: name, service: service.name }, 'poll', () =>
                shownBreaker(world.traffic.breaker(name, service.name)),
              ),
            ]),
      ]),
      thing('traffic.shifted', {}, 'poll', () => isShifted(world)),
      thing('site.in-rotation', { site: name }, 'poll', () => world.routing.siteInRotation(name)),
      thing('site.reachable', { site: name }, 'poll', () => world.routing.healthy(name)),
    ],
  };
}

/** What a planned scale or shift has changed, against the topology's files. A DaemonSet has no replicas to set. */
function isRescaled(world: World, site: Site, name: string): boolean | undefined {
  const declared = site.workloads.find((workload) => workload.name === name);
  if (declared === undefined || declared.kind === 'DaemonSet') return undefined;
  const autoscaler = site.autoscalers.find((each) => each.workload === name);
  if (autoscaler !== undefined) return world.autoscaler.replicasMin(site.name, name) !== autoscaler.replicasMin;
  return world.workloads.status(site.name, name).wanted !== declared.replicas;
}

function isShifted(world: World): boolean {
  const now = world.routing.weights();
  const { weights } = world.topology.globalLoadBalancer;
  return world.sites.some(({ name }) => (now[name] ?? 0) !== (weights[name] ?? 0));
}

const shownBreaker = (state: 'closed' | 'open' | 'half-open') => (state === 'closed' ? null : state);

function etcdThings(world: World, site: Site): Watched[] {
  const { etcd } = world;
  const { name } = site;
  const members = site.nodes.filter((node) => node.role === 'control-plane');
  return [
    ...members.map((node) =>
      thing('etcd.member', { site: name, node: node.name }, 'poll', () => etcd.status(node.name)?.role ?? null),
    ),
    thing('etcd.leader', { site: name }, 'log', () => etcd.leader(name) ?? null),
    thing('etcd.quorum', { site: name }, 'poll', () => etcd.hasQuorum(name)),
    thing('etcd.whole', { site: name }, 'poll', () => etcd.whole(name)),
    thing('etcd.snapshot', { site: name }, 'poll', () => etcd.hasSnapshot(name)),
  ];
}

function controlThings(world: World, site: Site): Watched[] {
  const { controlPlane } = world;
  const { name } = site;
  const servers = site.nodes.filter((node) => node.role === 'control-plane');
  return [
    ...servers.map((node) =>
      thing('api.server', { site: name, node: node.name }, 'poll', () => controlPlane.serverReady(node.name)),
    ),
    thing('api.writable', { site: name }, 'poll', () => controlPlane.write(name).okRatio >= 0.95),
    thing('controller.leader', { site: name }, 'informer', () => controlPlane.controllerManager(name) ?? null),
    thing('scheduler.leader', { site: name }, 'informer', () => controlPlane.scheduler(name) ?? null),
    thing('control.whole', { site: name }, 'poll', () => controlPlane.whole(name)),
  ];
}

function perNode(world: World, site: Site, node: string): Watched[] {
  const subject = { site: site.name, node };
  const object = () => world.nodes.get(node);
  return [
    thing('node.running', subject, 'poll', () => world.machines.power(node) === 'on'),
    thing('node.ready', subject, 'informer', () => object().ready === 'True'),
    thing('node.schedulable', subject, 'informer', () => !object().cordoned && !object().outOfService),
    thing('node.drained', subject, 'informer', () => drained(world, site, node)),
  ];
}

function drained(world: World, site: Site, node: string): boolean {
  if (!world.nodes.get(node).cordoned) return false;
  return site.workloads.every(
    (w) => w.kind === 'DaemonSet' || world.workloads.pods(site.name, w.name).every((pod) => pod.node !== node),
  );
}

function nodeCounts(world: World, site: Site): Watched[] {
  const subject = { site: site.name };
  const list = () => world.nodes.list(site.name);
  return [
    thing('nodes.ready', subject, 'informer', () => list().filter((node) => node.ready === 'True').length),
    thing('nodes.whole', subject, 'informer', () =>
      list().every((node) => node.ready === 'True' && !node.cordoned && !node.outOfService),
    ),
  ];
}

function perWorkload(world: World, site: Site, workload: string): Watched[] {
  const subject = { site: site.name, workload };
  const status = () => world.workloads.status(site.name, workload);
  const whole = () => status().ready === status().wanted && status().total === status().wanted && status().rolledOut;
  const autoscaled = site.autoscalers.some((autoscaler) => autoscaler.workload === workload);
  return [
    thing('workload.ready', subject, 'informer', () => status().ready),
    thing('workload.wanted', subject, 'informer', () => status().wanted),
    thing('workload.degraded', subject, 'informer', () => status().ready < status().wanted),
    thing('workload.whole', subject, 'informer', whole),
    thing('workload.revision', subject, 'informer', () => status().revision),
    thing('workload.rolled-out', subject, 'informer', () => status().rolledOut),
    thing('workload.rescaled', subject, 'informer', () => isRescaled(world, site, workload)),
    ...(autoscaled
      ? [
          thing('autoscaler.wanted', subject, 'informer', () => world.autoscaler.wanted(site.name, workload)),
          thing('autoscaler.limited', subject, 'informer', () => world.autoscaler.limited(site.name, workload)),
        ]
      : []),
  ];
}

function podThings(world: World, pod: Pod): Watched[] {
  const subject = { site: pod.site, workload: pod.workload, pod: pod.name };
  const present = () => {
    const now = world.workloads.find(pod.name, pod.site);
    return now === undefined || now.deletedMs !== undefined ? undefined : now;
  };
  return [
    thing('pod.node', subject, 'informer', () => present()?.node ?? null),
    thing('pod.ready', subject, 'informer', () => present()?.ready ?? null),
  ];
}

/** Facts of the link and of the databases. */
function crossSite(world: World): Watched[] {
  const { replication, network } = world;
  const [a, b] = world.sites;
  const databases = new Map(
    world.sites.flatMap((site) =>
      site.workloads.flatMap((w) =>
        w.behaviour.database === undefined
          ? []
          : [[`${site.name}/${w.behaviour.database}`, { site: site.name, workload: w.behaviour.database }] as const],
      ),
    ),
  );
  const pair =
    a === undefined || b === undefined
      ? []
      : [
          thing('link.up', {}, 'poll', () => network.sitePasses(a.name, b.name) && network.sitePasses(b.name, a.name)),
          thing('data.split', {}, 'poll', () => replication.split()),
          thing('data.converged', {}, 'poll', () => replication.converged()),
        ];
  return [
    ...pair,
    ...[...databases.values()].flatMap((subject) => [
      thing('database.writable', subject, 'poll', () => replication.writable(subject.site, subject.workload)),
      thing('database.primary', subject, 'poll', () => replication.primary(subject.site, subject.workload)),
    ]),
    ...replication
      .list()
      .flatMap(({ name }) => [
        thing('replication.lag-s', { replication: name }, 'poll', () => coarse(replication.lag(name).ageMs)),
        thing('replication.stalled', { replication: name }, 'poll', () => replication.stalled(name)),
        thing('replication.caught-up', { replication: name }, 'poll', () => replication.caughtUp(name)),
        thing('replication.batch', { replication: name }, 'poll', () => replication.batches(name)),
      ]),
  ];
}

/** Whole seconds below 10 s, steps of 5 s above: a growing lag must not fill the timeline. */
function coarse(ageMs: number): number {
  const seconds = Math.floor(ageMs / 1000);
  return seconds < 10 ? seconds : Math.floor(seconds / 5) * 5;
}
