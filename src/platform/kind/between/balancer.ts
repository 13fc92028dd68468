/** The global load balancer of a pair: a container that brings customers to the sites, its weights, its log. Apart because it stands outside both sites. */
import { OperatingError } from '../../../base/errors.ts';
import type { Stop } from '../../../domain/event.ts';
import type { Service } from '../../../domain/topology.ts';
import type { KindWorld } from '../world.ts';
import { startBeside } from './beside-container.ts';
import { balancerAlive, balancerConfig, balancerPorts, sitesBackend, toWeights } from './haproxy-config.ts';
import { createRuntime } from './haproxy-runtime.ts';
import { parseStat, type SiteStat } from './haproxy-stat.ts';
import { followLog } from './log-follower.ts';

/** Its image, by its upstream name. */
export const balancerImage = 'haproxy:3.0';

/** Where the official image looks for its configuration. */
const configFile = '/usr/local/etc/haproxy/haproxy.cfg';

/** Name of a variable of the balancer's process that holds the weights from before the first change of ours: the mark lives and dies with what it is about. */
const mark = 'proc.elevenproof_before';

/** The balancer. Calls that ask it throw an OperatingError when it does not answer within 1 s. */
export interface Balancer {
  start(signal: AbortSignal): Promise<void>;
  /** Where customers come in, from this machine. */
  url(): Promise<string>;
  stat(): Promise<readonly SiteStat[]>;
  setWeights(shares: Readonly<Record<string, number>>): Promise<void>;
  restoreWeights(): Promise<void>;
  isMarked(): Promise<boolean>;
  /** Every line of its log from now on. */
  log(onLine: (line: string) => void): Stop;
}

/** The balancer of a pair. */
export function createBalancer(
  world: KindWorld,
  nodePort: (site: string, service: string) => Promise<number>,
): Balancer {
  const { ground, topology, engine } = world;
  const { container, address } = ground.globalLoadBalancer;
  const names = topology.sites.map(({ name }) => name);
  const runtime = createRuntime(address, balancerPorts.runtime);
  const stat = async () => parseStat(await runtime.ask(`show stat ${sitesBackend} 4 -1`));
  const apply = async (weights: Readonly<Record<string, number>>) => {
    for (const [site, weight] of Object.entries(weights)) {
      const answer = (await runtime.ask(`set server ${sitesBackend}/${site} weight ${weight}`)).trim();
      if (answer !== '') throw new OperatingError(`Failed to set the weight of site ${site} to ${weight}: ${answer}`);
    }
  };
  // HAProxy counts this command as experimental (management guide, `set var`).
  const setMark = async (text: string) => {
    const answer = (await runtime.ask(`experimental-mode on; set var ${mark} str(${text})`)).trim();
    if (answer !== '') throw new OperatingError(`Failed to note the weights of the global load balancer: ${answer}`);
  };
  const before = async () => parseMark(await runtime.ask(`get var ${mark}`));
  return {
    start: async (signal) => {
      const config = balancerConfig(await planOf(world, nodePort));
      await startBeside(
        world,
        {
          beside: ground.globalLoadBalancer,
          image: balancerImage,
          files: { [configFile]: config },
          published: [balancerPorts.customers],
          readyUrl: `http://${address}:${balancerPorts.customers}${balancerAlive}`,
        },
        signal,
      );
      // A balancer that was kept may still have weights of an earlier run.
      await apply(toWeights(names, topology.globalLoadBalancer.weights));
      if ((await before()) !== undefined) await setMark(noMark);
    },
    url: async () => {
      const port = (await engine.state(container))?.ports[`${balancerPorts.customers}/tcp`];
      if (port !== undefined) return `http://127.0.0.1:${port}`;
      throw new OperatingError(`The global load balancer ${container} does not run`, {
        hint: `docker start ${container}`,
      });
    },
    stat,
    setWeights: async (shares) => {
      const now = Object.fromEntries((await stat()).map(({ site, weight }) => [site, weight]));
      if ((await before()) === undefined) await setMark(formatMark(now));
      await apply(toWeights(names, shares));
    },
    restoreWeights: async () => {
      const weights = await before();
      if (weights === undefined) return;
      await apply(weights);
      await setMark(noMark);
    },
    isMarked: async () => (await before()) !== undefined,
    log: (onLine) => followLog(engine, container, onLine),
  };
}

async function planOf(world: KindWorld, nodePort: (site: string, service: string) => Promise<number>) {
  const { topology, ground } = world;
  const names = topology.sites.map(({ name }) => name);
  const weights = toWeights(names, topology.globalLoadBalancer.weights);
  const sites = await Promise.all(
    topology.sites.map(async (site) => {
      const machines = ground.sites.find(({ name }) => name === site.name)!.machines;
      const workers = machines.filter(({ role }) => role === 'worker');
      const entry = entryOf(site.services);
      return {
        name: site.name,
        workers: (workers.length > 0 ? workers : machines).map(({ node, address }) => ({ name: node, address })),
        nodePort: entry === undefined ? noPort : await nodePort(site.name, entry.name),
        weight: weights[site.name]!,
      };
    }),
  );
  return { sites, check: topology.globalLoadBalancer.check };
}

/** Refuses every connection: a site without an entry takes no customers. */
const noPort = 9;

/** The Service by which customers come in. */
function entryOf(services: readonly Service[]): Service | undefined {
  return services.find(({ serves }) => serves !== undefined);
}

/** Stands where a mark was taken away. */
const noMark = 'none';

/** `east:50/west:50`: nothing that the runtime API would take apart. */
function formatMark(weights: Readonly<Record<string, number>>): string {
  return Object.entries(weights)
    .map(([site, weight]) => `${site}:${weight}`)
    .join('/');
}

/** Reads the answer to `get var`: `proc.x: type=str value=<east:50/west:50>`; undefined when there is no mark. */
export function parseMark(answer: string): Readonly<Record<string, number>> | undefined {
  const text = /value=<([^>]+)>/.exec(answer)?.[1];
  if (text === undefined || text === noMark) return undefined;
  return Object.fromEntries(
    text.split('/').map((pair) => {
      const [site = '', weight] = pair.split(':');
      return [site, Number(weight)];
    }),
  );
}
