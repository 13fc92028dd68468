/** Starts every observer of one site and ties them: what informers bring, what probers and polls see. */
import type { Ms } from '../../../base/clock.ts';
import type { Publish, Stop } from '../../../domain/event.ts';
import type { Site } from '../../../domain/topology.ts';
import { informerFacts } from '../../informer-facts.ts';
import { pairLabel, type SiteGround } from '../ground.ts';
import type { KindWorld } from '../world.ts';
import { probeApi, type Restlessness } from './api-prober.ts';
import { apiAddress, apiContext } from './api-target.ts';
import { createCapacityReader } from './capacity-reader.ts';
import type { ClusterState } from './cluster-state.ts';
import { pollEtcd } from './etcd-poller.ts';
import { every } from './every.ts';
import { createFreshness } from './freshness.ts';
import { inform } from './informers.ts';
import type { EventObject, MarkObject } from './objects.ts';
import { probeServer } from './server-prober.ts';
import { createSiteFacts } from './site-facts.ts';
import { followSnapshot } from './snapshot-mark.ts';
import type { Teller } from './teller.ts';
import type { Warnings } from './warnings.ts';

/** How often leases and demand are looked at whatever happens, ms. */
const lookMs = 500;

/** What the observers of all sites share. */
export interface Shared {
  readonly world: KindWorld;
  readonly publish: Publish;
  readonly teller: Teller;
  readonly warnings: Warnings;
  readonly restlessness: Restlessness;
  readonly demandRps: (site: string) => number;
  readonly signal: AbortSignal;
}

/** Observes one site from now on. `phaseMs`: its place within the period of probes. */
export function observeSite(shared: Shared, site: Site, ground: SiteGround, phaseMs: Ms): Stop {
  const { world, teller, publish, restlessness, signal } = shared;
  const { clock } = world;
  const secureContext = apiContext(world.kube(site.name), site.name);
  const { informed, acknowledged } = startInformers(shared, site, ground, secureContext);
  const servers = ground.machines.filter(({ role }) => role === 'control-plane');
  const stops: Stop[] = [
    informed,
    pollEtcd(world, ground, teller, signal),
    followSnapshot(world, ground, teller),
    ...servers.map(({ node, address }, i) =>
      probeServer(clock, { address, secureContext, phaseMs: phaseMs + i * 13 }, (ready, atMs) =>
        teller.tell([{ fact: 'api.server', subject: { site: site.name, node }, value: ready }], atMs),
      ),
    ),
    probeApi({
      clock,
      site: site.name,
      address: apiAddress(ground),
      secureContext,
      labels: { [pairLabel]: world.ground.id },
      restlessness,
      phaseMs: phaseMs + 6,
      publish,
      onWritable: (value, atMs) => teller.tell([{ fact: 'api.writable', subject: { site: site.name }, value }], atMs),
      onAcknowledged: acknowledged,
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function startInformers(
  { world, teller, publish, warnings, demandRps, signal }: Shared,
  site: Site,
  ground: SiteGround,
  secureContext: ReturnType<typeof apiContext>,
): { readonly informed: Stop; readonly acknowledged: (n: number, atMs: Ms) => void } {
  const { clock } = world;
  const ended = new AbortController();
  const freshness = createFreshness();
  const facts = createSiteFacts(site, world.ground, clock.epochMs, teller);
  const readCapacity = createCapacityReader(site, demandRps, publish);
  let latest: ClusterState | undefined;
  const tellGap = (gap: { readonly fromMs: Ms; readonly toMs: Ms } | undefined) => {
    if (gap !== undefined)
      publish({ type: 'gap', observer: 'informers', site: site.name, facts: informerFacts, ...gap }, gap.toMs);
  };
  const options = {
    address: apiAddress(ground),
    secureContext,
    freshness,
    now: clock.now,
    signal: AbortSignal.any([signal, ended.signal]),
  };
  void inform(options, {
    onListed: (state) => {
      latest = state;
      const nowMs = clock.now();
      tellGap(freshness.seen(nowMs));
      facts.listed(state, nowMs);
      warnings.addAll(site.name, state);
      readCapacity(state, nowMs);
    },
    onChange: (kind, object, state) => {
      const nowMs = clock.now();
      if (kind === 'marks') tellGap(freshness.seen(nowMs, Number((object as MarkObject).data?.n ?? 0)));
      else if (kind === 'warnings') warnings.add(site.name, object as EventObject);
      else facts.changed(kind, object, state, nowMs);
      if (kind === 'deployments' || kind === 'statefulsets' || kind === 'daemonsets') readCapacity(state, nowMs);
    },
  });
  const stopLooks = every(clock, lookMs, 0, (nowMs) => {
    if (latest === undefined) return;
    facts.passed(latest, nowMs);
    readCapacity(latest, nowMs);
  });
  return {
    informed: () => {
      stopLooks();
      ended.abort();
      tellGap(freshness.open(clock.now()));
    },
    acknowledged: (n, atMs) => freshness.acknowledged(n, atMs),
  };
}
