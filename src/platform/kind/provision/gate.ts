/** What "the clusters are ready" means: all nodes Ready, one etcd leader by every member's word, and a new Service that gets endpoints. Apart because it stands after provisioning, after a park, and between scenarios. */
import type { V1Node } from '@kubernetes/client-node';
import type { Engine } from '../engine.ts';
import type { Ground, SiteGround } from '../ground.ts';
import type { Kube } from '../kube.ts';
import { seeCanary } from './canary.ts';
import { createLeaderQuestion } from './etcd-leader.ts';
import { type Bounds, until } from './until.ts';

/** Four times what two full sites took on two busy cores. */
export const gateMsMax = 300_000;

/** What the gate looks at; a KindWorld is one. */
export interface Gated {
  readonly ground: Ground;
  readonly engine: Engine;
  kube(site: string): Kube;
}

/** Waits until both sites are ready. Throws an OperatingError that says what was missing at the limit. */
export async function gate(pair: Gated, signal: AbortSignal, limitMs = gateMsMax): Promise<void> {
  const sites = pair.ground.sites.map((site) => gateSite(site, pair.engine, pair.kube(site.name), { signal, limitMs }));
  await Promise.all(sites);
}

/** The same for one site. */
export async function gateSite(site: SiteGround, engine: Engine, kube: Kube, bounds: Bounds): Promise<void> {
  const etcd = createLeaderQuestion(site, engine);
  await until(`one etcd leader in ${site.name}`, () => etcd.disagreement(), bounds);
  await until(`all nodes of ${site.name} Ready`, () => missingNodes(site, kube), bounds);
  await seeCanary(kube, bounds);
}

async function missingNodes(site: SiteGround, kube: Kube): Promise<string | undefined> {
  const { items } = await kube.core.listNode();
  return notReady(
    site.machines.map(({ container }) => container),
    items,
  );
}

/** Which of the expected nodes are not there or not Ready, in words; undefined when all are. */
export function notReady(expected: readonly string[], nodes: readonly V1Node[]): string | undefined {
  const isReady = (name: string) => {
    const conditions = nodes.find(({ metadata }) => metadata?.name === name)?.status?.conditions ?? [];
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  };
  const missing = expected.filter((name) => !isReady(name));
  return missing.length === 0 ? undefined : `not Ready: ${missing.join(', ')}`;
}
