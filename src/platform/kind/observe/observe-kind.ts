/** Observes a pair of kind clusters: every fact that is about one cluster, traffic of the API prober, capacity, and gaps. */

import type { Ms } from '../../../base/clock.ts';
import type { Publish, Stop } from '../../../domain/event.ts';
import type { FactName } from '../../../domain/fact.ts';
import type { KindWorld } from '../world.ts';
import { controlWhole, isPartOfControl } from './control-whole.ts';
import { followPower } from './node-power.ts';
import { observeSite, type Shared } from './observe-site.ts';
import { measureCost, type ObserverCost } from './observer-cost.ts';
import { createTeller, type Teller } from './teller.ts';
import { createWarnings } from './warnings.ts';

/** An observation under way: calling it ends it. */
export interface Observation extends Stop {
  /** What it has cost so far. */
  readonly cost: () => ObserverCost;
  /** The newest warnings of both clusters, for the bundle of evidence. */
  readonly warnings: () => readonly string[];
}

/** What observers learn from elsewhere. */
export interface More {
  /** Requests per second that customers ask of a site now. */
  demandRps(site: string): number;
}

/** Facts of polls and probes: not known while this process does nothing. */
const polledFacts: readonly FactName[] = [
  'etcd.leader',
  'etcd.quorum',
  'etcd.whole',
  'etcd.member',
  'api.server',
  'api.writable',
  'control.whole',
];

/** Observes from now on until stopped, or the signal is aborted. */
export function observeKind(world: KindWorld, publish: Publish, signal: AbortSignal, more: More): Observation {
  let stopped = false;
  const tell: Publish = (event, atMs) => {
    if (!stopped) publish(event, atMs);
  };
  const teller = createTeller(world.clock.now, tell, ({ fact, subject }, atMs) => {
    if (isPartOfControl(fact)) tellControl(world, teller, subject.site ?? '', atMs);
  });
  const warnings = createWarnings();
  const shared: Shared = {
    world,
    publish: tell,
    teller,
    warnings,
    restlessness: { lastMs: Number.NEGATIVE_INFINITY },
    demandRps: (site) => more.demandRps(site),
    signal,
  };
  const meter = measureCost(world.clock, (fromMs, toMs) =>
    tell({ type: 'gap', observer: 'this process', facts: polledFacts, fromMs, toMs }, toMs),
  );
  const stops: Stop[] = [
    meter.stop,
    followPower(world, teller, (fromMs, toMs) =>
      tell({ type: 'gap', observer: 'container engine', facts: ['node.running'], fromMs, toMs }, toMs),
    ),
    ...world.topology.sites.flatMap((site, i) => {
      const ground = world.ground.sites.find(({ name }) => name === site.name);
      return ground === undefined ? [] : [observeSite(shared, site, ground, i * 21)];
    }),
  ];
  const stop = () => {
    if (stopped) return;
    signal.removeEventListener('abort', stop);
    for (const each of stops) each();
    stopped = true;
  };
  signal.addEventListener('abort', stop, { once: true });
  return Object.assign(stop, { cost: meter.cost, warnings: warnings.lines });
}

function tellControl({ ground }: KindWorld, teller: Teller, name: string, atMs: Ms): void {
  const site = ground.sites.find((each) => each.name === name);
  const reading = site && controlWhole(site, teller);
  if (reading !== undefined) teller.tell([reading], atMs);
}
