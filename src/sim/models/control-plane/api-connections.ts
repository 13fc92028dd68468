/** Long-lived connections from the nodes to the API: each is pinned to one server until it breaks. Apart because a connection lives by other rules than a fresh request: a reset is seen at once, silence after 45 s, and a server without etcd keeps its clients. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import type { Kernel } from '../../kernel.ts';
import type { Machines, Network, NodeName, Place } from '../../model.ts';
import { leaseRenewMs } from '../nodes/node-constants.ts';
import type { ServerAnswer } from './api-server.ts';

/** ms since the last frame from the server, HTTP/2 read idle 30 s + ping 15 s. apimachinery pkg/util/net/http.go. Longer: clients of a vanished server stay blind for longer. */
const silenceMs = 45_000;
/** ms, reconnecting waits 0.8 s, doubled up to the client's longest wait, plus up to as much again. client-go tools/cache/reflector.go. Longer: clients return later. */
const firstWaitMs = 800;
/** ms, from exec of a client to its first connection; calibrate. */
const clientStartMs = { min: 500, max: 1_500 };

/** What the connections need of the site. */
export interface ConnectionSite {
  /** Where the load balancer stands; undefined when clients go to the server directly. */
  readonly balancer: Place | undefined;
  readonly rotation: () => readonly NodeName[];
  readonly servers: readonly NodeName[];
  /** Whether it listens; a server without etcd does. */
  readonly listens: (server: NodeName) => ServerAnswer;
  readonly pid: (server: NodeName) => number | undefined;
}

/** One client on one node. */
export interface ClientConnection {
  /** Looks again at client, path and server; to be called when any of them may have changed. */
  update(): void;
  /** The server it works with now: connected, and packets pass. */
  server(): NodeName | undefined;
}

/** Where a client runs and whom it may call. */
export interface ConnectionClient {
  readonly node: NodeName;
  /** Changes when the client starts anew; undefined while it does not run. */
  readonly instance: () => number | undefined;
  /** It calls only this server and never the load balancer. */
  readonly only: NodeName | undefined;
  /** Longest wait between two tries, without its jitter. */
  readonly waitMsMax: Ms;
  /** It asks every {@link leaseRenewMs} at this time of it, and so hears of its server that often; undefined: it hears of it all the time. */
  readonly asksAtMs: Ms | undefined;
}

/** A client connected to a server of the rotation since time 0. `changed` is told when time reconnects it. */
export function createConnection(
  kernel: Kernel,
  random: Random,
  client: ConnectionClient,
  site: ConnectionSite,
  deps: { readonly machines: Machines; readonly network: Network },
  changed: () => void,
): ClientConnection {
  const { machines, network } = deps;
  const from = { node: client.node };
  let instance = client.instance();
  let server = pick();
  let serverPid = server === undefined ? undefined : site.pid(server);
  let tries = 0;
  let begun = false;
  let lostMs: Ms = 0;
  let asksAtMs = client.asksAtMs;
  let timer: { readonly cancel: Cancel; readonly waits: 'silence' | 'retry' } | undefined;

  function pick(): NodeName | undefined {
    if (client.only !== undefined) return client.only;
    const rotation = site.rotation();
    return rotation.length === 0 ? undefined : random.pick(rotation);
  }
  const open = (to: NodeName): boolean => {
    const end = { node: to };
    if (client.only !== undefined || site.balancer === undefined) return network.connects(from, end);
    return network.connects(from, site.balancer) && network.connects(site.balancer, end);
  };
  const wait = (waits: 'silence' | 'retry', ms: Ms, act: () => void) => {
    timer?.cancel();
    const fire = () => {
      timer = undefined;
      act();
    };
    timer = { waits, cancel: kernel.after(ms, fire) };
  };
  const stopWaiting = () => {
    timer?.cancel();
    timer = undefined;
  };
  const backOffMs = () => Math.min(client.waitMsMax, firstWaitMs * (1 << Math.min(tries, 6))) * (1 + random.unit());
  const takes = (to: NodeName) => site.listens(to) === 'ok' && open(to);
  /** Tries in vain are not played: while no server could take the connection, the client waits to be updated. */
  const retry = () => {
    if (server !== undefined) lostMs = kernel.now();
    server = undefined;
    stopWaiting();
    if (site.servers.some(takes)) wait('retry', backOffMs(), dial);
    tries++;
  };
  /** A client that has been trying all the while comes at any point of its back-off. */
  const resumeTrying = () => {
    while (tries < 6 && firstWaitMs << tries < kernel.now() - lostMs) tries++;
    if (site.servers.some(takes)) wait('retry', random.unit() * backOffMs(), dial);
  };
  const dial = () => {
    if (machines.power(client.node) !== 'on' || client.instance() === undefined) return;
    const next = pick();
    if (next === undefined || !takes(next)) return void retry();
    tries = 0;
    if (begun && asksAtMs !== undefined) asksAtMs = kernel.now() % leaseRenewMs; // a new kubelet renews at once
    begun = false;
    server = next;
    serverPid = site.pid(next);
    changed();
  };
  const begin = () => {
    begun = true;
    server = undefined;
    tries = 0;
    if (instance === undefined) stopWaiting();
    else wait('retry', random.int(clientStartMs.min, clientStartMs.max), dial);
  };
  const sinceFrameMs = () => (asksAtMs === undefined ? 0 : (kernel.now() - asksAtMs + leaseRenewMs) % leaseRenewMs);
  /** How the connection stands: works, was reset, or is silent. */
  const state = (to: NodeName): 'works' | 'reset' | 'silent' => {
    const met = site.listens(to);
    if (met === 'unreachable' || met === 'hung' || !open(to)) return 'silent';
    return site.pid(to) !== serverPid || met === 'refusing' ? 'reset' : 'works';
  };
  return {
    update: () => {
      const now = client.instance();
      if (now !== instance) {
        instance = now;
        return void begin();
      }
      if (now === undefined || machines.power(client.node) !== 'on') return;
      if (server === undefined) {
        if (timer === undefined) resumeTrying();
        return;
      }
      const stands = state(server);
      if (stands === 'works') stopWaiting();
      else if (stands === 'reset') retry();
      else if (timer === undefined) wait('silence', silenceMs - sinceFrameMs(), retry);
    },
    server: () =>
      server !== undefined && machines.power(client.node) === 'on' && state(server) === 'works' ? server : undefined,
  };
}
