/** The link between the sites: a proxy with one listener per database and per probe, which adds the topology's delay and can add more. Apart because it heals itself: whatever the proxy forgot, or whichever node died behind it, is put right once a second. */
import { OperatingError } from '../../../base/errors.ts';
import type { LinkState } from '../between-verbs.ts';
import type { KindWorld } from '../world.ts';
import { firstThatAccepts } from './accepts.ts';
import { startBeside } from './beside-container.ts';
import type { BetweenPlan } from './plan.ts';
import { delayOf, linkToxics, missingToxics, slowToxic } from './toxic-plan.ts';
import { createToxiproxy, type Listener, type Toxiproxy, toxiproxyPort } from './toxiproxy.ts';

/** Where the proxy of a pair is from: its image, by its upstream name. */
export const linkImage = 'ghcr.io/shopify/toxiproxy:2.12.0';

/** kube-proxy's health port on every node (kubernetes pkg/proxy/apis/config, healthzBindAddress): what probes talk to, for it needs nothing but the node. */
const probedPort = 10_256;

/** The link. */
export interface Link {
  start(signal: AbortSignal): Promise<void>;
  /** Creates what the proxy lacks and leads away from dead nodes. */
  repair(): Promise<void>;
  slow(from: string, to: string, delayMs: number): Promise<void>;
  restore(from: string, to: string): Promise<void>;
  state(from: string, to: string): Promise<LinkState>;
}

/** A listener as it should be. */
interface WantedListener {
  readonly name: string;
  readonly port: number;
  /** The site it leads to. */
  readonly site: string;
  /** Port of that site's nodes. */
  nodePort(): Promise<number>;
  /** Carries data, which takes the topology's time; probes do not. */
  readonly carriesData: boolean;
}

/** The link of a pair. One site: nothing is started and nothing can be slowed. */
export function createLink(
  world: KindWorld,
  plan: BetweenPlan,
  nodePort: (site: string, service: string) => Promise<number>,
): Link {
  const proxy = createToxiproxy(world.ground.link.address);
  const wanted: readonly WantedListener[] = [
    ...plan.databases.map((database) => ({
      name: database.listener,
      port: database.linkPort,
      site: database.site,
      nodePort: () => nodePort(database.site, database.workload),
      carriesData: true,
    })),
    ...plan.probes.map(({ site, listener, linkPort }) => ({
      name: listener,
      port: linkPort,
      site,
      nodePort: async () => probedPort,
      carriesData: false,
    })),
  ];
  const several = world.topology.sites.length > 1;
  const repair = async () => {
    if (!several) return;
    const there = new Map((await proxy.listeners()).map((listener) => [listener.name, listener]));
    for (const listener of wanted) await put(world, proxy, listener, there.get(listener.name));
  };
  /** Listeners that carry what one site sends to the other. */
  const carriers = (from: string, to: string) =>
    wanted.filter(({ site, carriesData }) => carriesData && (site === from || site === to));
  const whole = world.topology.link.delayMs;
  return {
    repair,
    start: async (signal) => {
      if (!several) return;
      const readyUrl = `http://${world.ground.link.address}:${toxiproxyPort}/version`;
      const command = ['-host=0.0.0.0'];
      await startBeside(world, { beside: world.ground.link, image: linkImage, command, readyUrl }, signal);
      await repair();
      // A proxy that was kept may still be slow from an earlier run.
      for (const { name, site, carriesData } of wanted)
        for (const to of carriesData ? world.topology.sites : [])
          await proxy.unset(name, slowToxic(site, to.name, 0).name);
    },
    slow: async (from, to, delayMs) => {
      for (const { name, site } of carriers(from, to)) await proxy.set(name, slowToxic(site, to, delayMs));
    },
    restore: async (from, to) => {
      for (const { name, site } of carriers(from, to)) await proxy.unset(name, slowToxic(site, to, 0).name);
    },
    state: async (from, to) => {
      const there = await proxy.listeners();
      const delays = carriers(from, to).flatMap(({ name, site }) => {
        const found = there.find((each) => each.name === name);
        return found === undefined ? [] : [delayOf(found, slowToxic(site, to, 0).stream)];
      });
      if (delays.length === 0)
        throw new OperatingError(`Failed to read the link ${from} → ${to}: its proxy has no listener for it`);
      return { delayMs: Math.min(...delays), delayMsWhole: whole };
    },
  };
}

async function put(
  world: KindWorld,
  proxy: Toxiproxy,
  wanted: WantedListener,
  there: Listener | undefined,
): Promise<void> {
  const port = await wanted.nodePort();
  const upstream = await wayInto(world, wanted.site, port, there?.upstream);
  if (there === undefined) await proxy.create({ name: wanted.name, port: wanted.port, upstream });
  else if (there.upstream !== upstream) await proxy.point(wanted.name, upstream);
  if (!wanted.carriesData) return;
  for (const toxic of missingToxics(there ?? { toxics: [] }, linkToxics(world.topology.link)))
    await proxy.set(wanted.name, toxic);
}

/** The node by which a site is entered, workers first. When none accepts, the one that is used stays: a database without an endpoint is refused by every node. */
async function wayInto(world: KindWorld, site: string, port: number, used: string | undefined): Promise<string> {
  const machines = world.ground.sites.find(({ name }) => name === site)!.machines;
  const hosts = [...machines]
    .sort((a, b) => Number(b.role === 'worker') - Number(a.role === 'worker'))
    .map(({ address }) => address);
  const [host, usedPort] = used?.split(':') ?? [];
  return `${await firstThatAccepts(hosts, port, usedPort === String(port) ? host : undefined)}:${port}`;
}
