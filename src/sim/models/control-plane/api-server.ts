/** The API servers of one site: each lives and dies with its local etcd member. Apart from the load balancer before them, which sees only their answers. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Kernel } from '../../kernel.ts';
import type { Etcd, Machines, NodeName } from '../../model.ts';

/** ms from exec until it serves, image present; calibrate. Longer: control planes return later. */
const startupMs = { p50: 4_000, p95: 8_000 };
/** ms after which a server that finds no etcd to dial gives up (dial time-out 20 s). apiserver pkg/storage/storagebackend/factory/etcd3.go. Longer: fewer, longer crash loops. */
const dialGiveUpMs = 20_000;
/** ms after which a server whose etcd has no leader gives up: the hook rbac/bootstrap-roles tries for 30 s and is fatal. kubernetes/kubernetes pkg/registry/rbac/rest/storage_rbac.go. Longer: fewer, longer crash loops. */
const bootstrapGiveUpMs = 30_000;
/** ms, the etcd check of /livez, /readyz and /healthz waits this long. apiserver pkg/storage/storagebackend/config.go. Longer: elections are seen as outages less often. */
export const healthTimeoutMs = 2_000;
/** /livez every 10 s, 8 failures. kubernetes/kubernetes cmd/kubeadm/app/util/staticpod/utils.go. More: servers survive a longer loss of quorum. */
const liveness = { periodMs: 10_000, failures: 8 };
/** ms, from SIGTERM to the exit of a server without work; calibrate. */
const shutdownMs = { min: 500, max: 3_000 };

/** What a connection meets. `hanging`: etcd has no leader; `erring`: etcd is not there; `refusing`: nobody listens; `hung`: connects, never answers; `unreachable`: no packet comes back. */
export type ServerAnswer = 'ok' | 'hanging' | 'erring' | 'refusing' | 'hung' | 'unreachable';

interface ApiServer {
  readonly node: NodeName;
  pid: number | undefined;
  life: 'down' | 'starting' | 'serving';
  startedMs: Ms;
  /** Everything but etcd is ready. */
  loaded: boolean;
  /** Start-up ended while the process was paused. */
  due: boolean;
  livenessPhaseMs: Ms;
  etcdBadMs: Ms | undefined;
  unhealthy: boolean;
  readonly timers: Map<'startup' | 'give-up' | 'health' | 'liveness', Cancel>;
}

/** The API servers of one site. */
export interface ApiServers {
  readonly nodes: readonly NodeName[];
  /** Looks again at process and etcd. */
  update(node: NodeName): void;
  /** What a connection meets that reaches the machine, if anything can. */
  answer(node: NodeName): ServerAnswer;
  /** The same without asking etcd: `ok` for a server that serves. */
  listens(node: NodeName): ServerAnswer;
  /** /readyz. */
  ready(node: NodeName): boolean;
  pid(node: NodeName): number | undefined;
}

/** Servers on these nodes, all serving. `changed` is called after every change that time brings. */
export function createApiServers(
  kernel: Kernel,
  label: string,
  nodes: readonly NodeName[],
  deps: { readonly machines: Machines; readonly etcd: Etcd },
  changed: () => void,
): ApiServers {
  const { machines, etcd } = deps;
  const random = kernel.random(label);
  const servers = new Map<NodeName, ApiServer>();
  for (const node of nodes) {
    const pid = machines.identity(node, 'kube-apiserver')?.pid;
    servers.set(node, createServer(node, pid, random.int(0, liveness.periodMs - 1)));
  }

  const later = (server: ApiServer, name: Parameters<typeof server.timers.get>[0], atMs: Ms, act: () => void) => {
    server.timers.get(name)?.();
    const fire = () => {
      server.timers.delete(name);
      act();
    };
    server.timers.set(name, kernel.at(atMs, fire));
  };
  const drop = (server: ApiServer, ...names: Parameters<typeof server.timers.get>[0][]) => {
    for (const name of names) {
      server.timers.get(name)?.();
      server.timers.delete(name);
    }
  };
  const processState = (server: ApiServer) => machines.process(server.node, 'kube-apiserver');
  const etcdWrites = (server: ApiServer) => etcd.answer(server.node).writes;
  const exit = (server: ApiServer) => machines.exit(server.node, 'kube-apiserver');

  const restart = (server: ApiServer, pid: number | undefined) => {
    drop(server, 'startup', 'give-up', 'liveness');
    server.pid = pid;
    server.life = pid === undefined ? 'down' : 'starting';
    server.loaded = server.due = false;
    if (pid === undefined) return;
    server.startedMs = kernel.now();
    server.livenessPhaseMs = (server.startedMs + random.int(0, liveness.periodMs - 1)) % liveness.periodMs;
    later(server, 'startup', kernel.now() + random.logNormal(startupMs.p50, startupMs.p95), () => loaded(server));
  };
  const loaded = (server: ApiServer) => {
    server.due = processState(server) === 'paused';
    server.loaded = !server.due;
    update(server);
    changed();
  };
  const serve = (server: ApiServer) => {
    drop(server, 'give-up');
    server.life = 'serving';
  };
  const planGiveUp = (server: ApiServer) => {
    if (server.timers.has('give-up')) return;
    const dialing = etcdWrites(server) === 'refused';
    const atMs = dialing
      ? Math.max(kernel.now() + 1, server.startedMs + dialGiveUpMs)
      : kernel.now() + bootstrapGiveUpMs;
    later(server, 'give-up', atMs, () => processState(server) === 'running' && exit(server));
  };
  const followEtcd = (server: ApiServer) => {
    if (etcdWrites(server) === 'ok' && etcd.answer(server.node).readMs <= healthTimeoutMs) {
      drop(server, 'health', 'liveness');
      server.etcdBadMs = undefined;
      server.unhealthy = false;
    } else if (server.etcdBadMs === undefined) {
      server.etcdBadMs = kernel.now();
      later(server, 'health', kernel.now() + healthTimeoutMs, () => {
        server.unhealthy = true;
        changed();
      });
    }
  };
  /** The kubelet kills after 8 failed probes in a row; one that was away counts anew. */
  const planLiveness = (server: ApiServer) => {
    const probed = server.life === 'serving' && server.etcdBadMs !== undefined && processState(server) === 'running';
    if (!probed || !machines.canStartContainers(server.node)) return void drop(server, 'liveness');
    if (server.timers.has('liveness')) return;
    const firstMs =
      kernel.now() +
      ((server.livenessPhaseMs - (kernel.now() % liveness.periodMs) + liveness.periodMs) % liveness.periodMs);
    const killedMs = firstMs + (liveness.failures - 1) * liveness.periodMs + healthTimeoutMs;
    later(server, 'liveness', killedMs + random.int(shutdownMs.min, shutdownMs.max), () => exit(server));
  };
  const update = (server: ApiServer) => {
    const pid = machines.identity(server.node, 'kube-apiserver')?.pid;
    if (pid !== server.pid) restart(server, pid);
    followEtcd(server);
    if (server.due && processState(server) === 'running') {
      server.due = false;
      server.loaded = true;
    }
    if (server.life === 'starting' && server.loaded && processState(server) === 'running') {
      if (etcdWrites(server) === 'ok') serve(server);
      else planGiveUp(server);
    }
    planLiveness(server);
  };
  const get = (node: NodeName): ApiServer => {
    const server = servers.get(node);
    if (server === undefined) throw new RangeError(`Expected a control plane, got "${node}"`);
    return server;
  };
  const listens = (server: ApiServer): ServerAnswer => {
    if (machines.power(server.node) === 'off') return 'unreachable';
    if (processState(server) === 'paused') return 'hung';
    return server.life === 'serving' && processState(server) === 'running' ? 'ok' : 'refusing';
  };
  const answer = (server: ApiServer): ServerAnswer => {
    const met = listens(server);
    if (met !== 'ok') return met;
    const writes = etcdWrites(server);
    return writes === 'ok' ? 'ok' : writes === 'hangs' ? 'hanging' : 'erring';
  };
  return {
    nodes,
    update: (node) => update(get(node)),
    answer: (node) => answer(get(node)),
    listens: (node) => listens(get(node)),
    ready: (node) => {
      const server = get(node);
      return server.life === 'serving' && processState(server) === 'running' && !server.unhealthy;
    },
    pid: (node) => get(node).pid,
  };
}

function createServer(node: NodeName, pid: number | undefined, livenessPhaseMs: Ms): ApiServer {
  return {
    node,
    pid,
    life: 'serving',
    startedMs: 0,
    loaded: true,
    due: false,
    livenessPhaseMs,
    etcdBadMs: undefined,
    unhealthy: false,
    timers: new Map(),
  };
}
