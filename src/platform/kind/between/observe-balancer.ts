/** Facts about customers' ways to the sites, from the balancer's own account of its servers. */
import type { Stop } from '../../../domain/event.ts';
import type { KindWorld } from '../world.ts';
import type { Balancer } from './balancer.ts';
import { toWeights } from './haproxy-config.ts';
import type { SiteStat } from './haproxy-stat.ts';
import { everyWhile } from './pace.ts';
import { createGapWatch, type Teller } from './teller.ts';

/** How often the balancer is asked, ms: the resolution of its facts. */
const periodMs = 150;
/** Demand is the mean over this time, ms. */
const demandOverMs = 1_000;

/** What is observed of a balancer, beside what is published. */
export interface BalancerWatch {
  readonly stop: Stop;
  /** Requests per second that were sent to the site in the last second; 0 before there are two readings. */
  demandRps(site: string): number;
}

/** Observes from now on. */
export function observeBalancer(world: KindWorld, balancer: Balancer, teller: Teller): BalancerWatch {
  const { clock, topology } = world;
  const names = topology.sites.map(({ name }) => name);
  const planned = toWeights(names, topology.globalLoadBalancer.weights);
  const gap = createGapWatch(
    teller.publish,
    {
      observer: 'global load balancer',
      facts: ['traffic.shifted', 'site.in-rotation', 'site.reachable'],
    },
    clock.now(),
  );
  let readings: { readonly atMs: number; readonly requests: ReadonlyMap<string, number> }[] = [];
  const tell = (stats: readonly SiteStat[], atMs: number) => {
    for (const { site, up, weight } of stats) {
      teller.fact('site.reachable', { site }, up, atMs);
      teller.fact('site.in-rotation', { site }, up && weight > 0, atMs);
    }
    teller.fact(
      'traffic.shifted',
      {},
      stats.some(({ site, weight }) => weight !== planned[site]),
      atMs,
    );
  };
  const stop = everyWhile(periodMs, async () => {
    try {
      const stats = await balancer.stat();
      const atMs = clock.now();
      gap.answered(atMs);
      tell(stats, atMs);
      readings.push({ atMs, requests: new Map(stats.map(({ site, requests }) => [site, requests])) });
      readings = readings.filter((each) => atMs - each.atMs <= demandOverMs + periodMs);
    } catch {
      gap.silent(clock.now());
    }
  });
  return {
    stop,
    demandRps: (site) => {
      const [first, last] = [readings[0], readings.at(-1)];
      if (first === undefined || last === undefined || last.atMs === first.atMs) return 0;
      const sent = (last.requests.get(site) ?? 0) - (first.requests.get(site) ?? 0);
      return Math.max(0, (sent * 1_000) / (last.atMs - first.atMs));
    },
  };
}
