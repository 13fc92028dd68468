/** Whether the control plane of a site is whole, from facts that other observers have told. Apart because no source says it by itself. */
import type { FactName } from '../../../domain/fact.ts';
import type { SiteGround } from '../ground.ts';
import type { Reading, Teller } from './teller.ts';

const parts: ReadonlySet<FactName> = new Set(['api.server', 'etcd.whole', 'controller.leader', 'scheduler.leader']);

/** Whether a change of this fact bears on it. */
export function isPartOfControl(fact: FactName): boolean {
  return parts.has(fact);
}

/** Every API server ready, etcd whole, both leaders there; undefined until all of it has been seen. */
export function controlWhole({ name, machines }: SiteGround, teller: Pick<Teller, 'value'>): Reading | undefined {
  const site = { site: name };
  const servers = machines
    .filter(({ role }) => role === 'control-plane')
    .map(({ node }) => teller.value('api.server', { site: name, node }));
  const leaders = [teller.value('controller.leader', site), teller.value('scheduler.leader', site)];
  const etcd = teller.value('etcd.whole', site);
  if ([...servers, ...leaders, etcd].includes(undefined)) return undefined;
  const value = servers.every((ready) => ready === true) && etcd === true && leaders.every((leader) => leader !== null);
  return { fact: 'control.whole', subject: site, value };
}
