/** The load balancer before the API servers of one site: its health checks and whom it sends a fresh connection to. Apart because HAProxy and Envoy differ in both, most of all when every server is bad. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Site } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { NodeName } from '../../model.ts';
import { healthTimeoutMs, type ServerAnswer } from './api-server.ts';

interface CheckRules {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
  /** One answer with a bad status is enough. */
  readonly badStatusEjects: boolean;
  /** Below this share of healthy servers all are used; 0: never. */
  readonly panicBelowRatio: number;
}

/** HAProxy's defaults as kind leaves them (include/haproxy/defaults.h: 2 s, fall 3, rise 2; a check ends after its interval) and kind's Envoy config (2 s, 3 s, 2, 1; Envoy's panic threshold 50 %). Longer intervals or counts: dead servers get connections for longer. */
const rulesOf: Readonly<Record<Site['apiLoadBalancer'], CheckRules>> = {
  haproxy: { intervalMs: 2_000, timeoutMs: 2_000, fall: 3, rise: 2, badStatusEjects: false, panicBelowRatio: 0 },
  envoy: { intervalMs: 2_000, timeoutMs: 3_000, fall: 2, rise: 1, badStatusEjects: true, panicBelowRatio: 0.5 },
};

interface Backend {
  readonly node: NodeName;
  readonly phaseMs: Ms;
  healthy: boolean;
  /** Checks in a row that speak against `healthy`. */
  streak: number;
  cancel: Cancel | undefined;
}

/** A load balancer. With one server there is none: it is always in rotation. */
export interface ApiLoadBalancer {
  /** Starts checking where a server's answer no longer fits its place. A steady site has no checks. */
  update(): void;
  healthy(node: NodeName): boolean;
  /** Servers that get fresh connections, panic mode included. */
  rotation(): readonly NodeName[];
}

/** All servers in rotation. `answer` is what the load balancer itself would meet now. */
export function createApiLoadBalancer(
  kernel: Kernel,
  label: string,
  site: Site,
  nodes: readonly NodeName[],
  answer: (node: NodeName) => ServerAnswer,
  changed: () => void,
): ApiLoadBalancer {
  const random = kernel.random(label);
  const rules = rulesOf[site.apiLoadBalancer];
  const backends: Backend[] = nodes.map((node) => ({
    node,
    phaseMs: random.int(0, rules.intervalMs - 1),
    healthy: true,
    streak: 0,
    cancel: undefined,
  }));
  const settled = (backend: Backend) => backend.streak === 0 && (answer(backend.node) === 'ok') === backend.healthy;
  const plan = (backend: Backend, atMs: Ms) => {
    backend.cancel = kernel.at(atMs, () => check(backend));
  };
  const check = (backend: Backend) => {
    const startMs = kernel.now();
    const met = answer(backend.node);
    const waitMs = checkMs(met, rules);
    const end = () => {
      backend.cancel = undefined;
      const recovered = (met === 'hanging' || met === 'erring') && answer(backend.node) === 'ok';
      record(backend, met === 'ok' || recovered, met);
      if (!settled(backend)) plan(backend, Math.max(kernel.now(), startMs + rules.intervalMs));
    };
    if (waitMs === 0) end();
    else backend.cancel = kernel.after(waitMs, end);
  };
  const record = (backend: Backend, ok: boolean, met: ServerAnswer) => {
    if (ok === backend.healthy) {
      backend.streak = 0;
      return;
    }
    backend.streak++;
    const answeredBadly = rules.badStatusEjects && (met === 'hanging' || met === 'erring');
    if (backend.streak < (ok ? rules.rise : answeredBadly ? 1 : rules.fall)) return;
    backend.healthy = ok;
    backend.streak = 0;
    changed();
  };
  const nextCheckMs = ({ phaseMs }: Backend) =>
    (Math.floor((kernel.now() - phaseMs) / rules.intervalMs) + 1) * rules.intervalMs + phaseMs;
  return {
    update: () => {
      if (backends.length < 2) return;
      for (const backend of backends)
        if (backend.cancel === undefined && !settled(backend)) plan(backend, nextCheckMs(backend));
    },
    healthy: (node) => backends.find((backend) => backend.node === node)?.healthy ?? false,
    rotation: () => {
      const healthy = backends.filter((backend) => backend.healthy);
      const panic = healthy.length < rules.panicBelowRatio * backends.length;
      return (panic ? backends : healthy).map((backend) => backend.node);
    },
  };
}

/** How long a check takes: a server without etcd answers when its own etcd check gives up. */
function checkMs(met: ServerAnswer, rules: CheckRules): Ms {
  if (met === 'ok' || met === 'refusing') return 0;
  return met === 'hanging' || met === 'erring' ? Math.min(healthTimeoutMs, rules.timeoutMs) : rules.timeoutMs;
}
