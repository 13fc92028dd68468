/** What is asked of a pair for evidence, each piece by itself. Apart from keeping it because any of it may fail: things are broken when evidence is wanted. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SiteGround } from '../ground.ts';
import { createEtcdClient } from '../observe/etcd-client.ts';
import { readEtcdContext } from '../observe/etcd-context.ts';
import type { KindWorld } from '../world.ts';

/** Something to be kept, and how it is had. */
export interface Piece {
  /** File inside the bundle. */
  readonly name: string;
  read(signal: AbortSignal): Promise<unknown>;
}

/** Lines of a container's log: an hour at a hundred requests a second would be more than anybody reads. */
const logLines = 20_000;

/** Pieces of all sites, small ones first. */
export function piecesOf(world: KindWorld): readonly Piece[] {
  const { sites, globalLoadBalancer, link } = world.ground;
  const beside = [globalLoadBalancer.container, link.container];
  const balancers = sites.flatMap(({ apiLoadBalancer }) => apiLoadBalancer?.container ?? []);
  return [
    { name: 'containers.json', read: () => containerStates(world) },
    ...sites.map((site) => ({
      name: `${site.name}/etcd.json`,
      read: (signal: AbortSignal) => etcdOf(world, site, signal),
    })),
    ...sites.map(({ name }) => ({ name: `${name}/events.json`, read: () => eventsOf(world, name) })),
    ...sites.map(({ name }) => ({ name: `${name}/pods.json`, read: () => podsOf(world, name) })),
    ...[...beside, ...balancers].map((container) => ({
      name: `${container}.log`,
      read: () => logOf(world, container),
    })),
  ];
}

async function containerStates({ ground, engine }: KindWorld): Promise<unknown> {
  const machines = ground.sites.flatMap(({ machines, apiLoadBalancer }) => [
    ...machines,
    ...(apiLoadBalancer === undefined ? [] : [apiLoadBalancer]),
  ]);
  const names = [...machines, ground.globalLoadBalancer, ground.link].map(({ container }) => container);
  const states = await Promise.all(names.map(async (name) => [name, (await engine.state(name)) ?? 'not there']));
  return Object.fromEntries(states);
}

/** What each member says of itself; silence is told as such. */
async function etcdOf({ engine }: KindWorld, { machines }: SiteGround, signal: AbortSignal): Promise<unknown> {
  const planes = machines.filter(({ role }) => role === 'control-plane');
  const context = await readEtcdContext(engine, planes, signal);
  if (context === undefined) return 'no control plane gave its certificates';
  const asked = planes.map(async ({ node, address }) => {
    const client = createEtcdClient(address, context);
    try {
      return [node, { status: await client.status(), members: await client.members() }];
    } finally {
      client.close();
    }
  });
  return Object.fromEntries(await Promise.all(asked));
}

async function eventsOf(world: KindWorld, site: string): Promise<unknown> {
  const { items } = await tried(() => world.kube(site).core.listEventForAllNamespaces());
  const toldMs = ({ lastTimestamp, eventTime, metadata }: (typeof items)[number]) =>
    msOf(lastTimestamp ?? eventTime ?? metadata.creationTimestamp);
  return items
    .sort((a, b) => toldMs(a) - toldMs(b))
    .map(({ lastTimestamp, eventTime, type, reason, message, involvedObject: on, count }) => ({
      at: lastTimestamp ?? eventTime,
      on: `${on.kind} ${on.namespace ?? ''}/${on.name ?? ''}`,
      type,
      reason,
      message,
      count,
    }));
}

/** The library gives dates as Date or as text, by the kind of field. */
function msOf(at: unknown): number {
  return at instanceof Date ? at.getTime() : Date.parse(String(at)) || 0;
}

async function podsOf(world: KindWorld, site: string): Promise<unknown> {
  const { items } = await tried(() => world.kube(site).core.listPodForAllNamespaces());
  return items.map(({ metadata, spec, status }) => ({
    pod: `${metadata?.namespace}/${metadata?.name}`,
    node: spec?.nodeName,
    phase: status?.phase,
    conditions: status?.conditions,
    containers: status?.containerStatuses,
  }));
}

async function logOf({ engine }: KindWorld, container: string): Promise<string> {
  const options = { follow: false as const, stdout: true, stderr: true, timestamps: true, tail: logLines };
  return payloadOf((await engine.docker.getContainer(container).logs(options)) as unknown as Buffer);
}

/** What a container printed, of a log in the engine's frames: a byte of stream, three of nothing, four of length. A frame that was cut off gives what there is of it. */
export function payloadOf(frames: Buffer): string {
  const payloads: Buffer[] = [];
  for (let at = 0; at + headBytes <= frames.length; ) {
    const from = at + headBytes;
    at = from + frames.readUInt32BE(at + 4);
    payloads.push(frames.subarray(from, at));
  }
  return Buffer.concat(payloads).toString('utf8');
}

const headBytes = 8;

/** The API server was perhaps just restarted, and a lost connection is the normal case then. */
async function tried<T>(ask: () => Promise<T>): Promise<T> {
  for (let i = 1; ; i++) {
    try {
      return await ask();
    } catch (error) {
      if (i === triesMax) throw error;
      await sleep(pauseMs);
    }
  }
}

const triesMax = 5;
const pauseMs = 1_000;
