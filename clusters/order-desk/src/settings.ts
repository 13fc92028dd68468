/** What a pod is told: role, place, and the behaviour that its annotations ask for. Apart because everything else works with figures, not with texts. */
import type { Annotations } from './annotations.ts';
import { type Policy, type PolicyTexts, readPolicy } from './policy.ts';

/** A role of the image: its first argument. */
export type Role = 'gateway' | 'orders' | 'agent' | 'batch';

/** How a pod is to behave. Times in ms. */
export interface Settings {
  readonly site: string;
  readonly pod: string;
  readonly port: number;
  /** Median and 99th percentile of a request's own work. */
  readonly serviceTimeMs: number;
  readonly serviceTimeP99Ms: number;
  /** Requests at a time; may be a fraction, also below 1. */
  readonly concurrency: number;
  /** Requests that may wait beyond that. */
  readonly queueMax: number;
  /** From the process' start to its first readiness. */
  readonly startupMs: number;
  /** CPU time burnt per request. */
  readonly cpuMs: number;
  readonly release: 'good' | 'never-ready' | 'crash' | 'errors';
  /** Services called once per request, in order, each with how. */
  readonly calls: readonly { readonly service: string; readonly policy: Policy }[];
  /** How this pod's own Service is called; its rate limit is kept here. */
  readonly own?: { readonly service: string; readonly policy: Policy };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings from annotations and environment, with the defaults of docs/topology.md. */
export function readSettings(annotations: Annotations, env: Environment): Settings {
  const number = (name: string, fallback: number) => Number(annotations[name] ?? fallback);
  const serviceTimeMs = number('service-time-ms', 20);
  const concurrency = number('concurrency', 10);
  const policies = readPolicies(annotations.policies);
  const calls = (annotations.calls ?? '').split(',').map((word) => word.trim());
  const own = annotations.service;
  return {
    site: annotations.site ?? env.SITE ?? 'here',
    pod: env.HOSTNAME ?? 'desk',
    port: Number(env.PORT ?? 8080),
    serviceTimeMs,
    serviceTimeP99Ms: number('service-time-p99-ms', 3 * serviceTimeMs),
    concurrency,
    queueMax: Math.ceil(number('queue', 10 * concurrency)),
    startupMs: number('startup-ms', 1500),
    cpuMs: number('cpu-ms', 1),
    release: readRelease(annotations.release),
    calls: calls.filter((word) => word !== '').map((service) => policyOf(service, policies)),
    ...(own !== undefined && { own: policyOf(own, policies) }),
  };
}

function policyOf(service: string, policies: Readonly<Record<string, PolicyTexts>>) {
  return { service, policy: readPolicy(policies[service] ?? {}) };
}

function readPolicies(text: string | undefined): Readonly<Record<string, PolicyTexts>> {
  return text === undefined ? {} : (JSON.parse(text) as Record<string, PolicyTexts>);
}

function readRelease(text: string | undefined): Settings['release'] {
  if (text === 'never-ready' || text === 'crash' || text === 'errors') return text;
  return text === 'bad' ? 'errors' : 'good';
}
