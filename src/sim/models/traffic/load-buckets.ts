/** One load plan playing: cuts time into buckets, spreads what arrives over the sites, and publishes what came of it. Apart because time is cut here once for all sites. */
import type { Ms } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import type { Traffic } from '../../../domain/event.ts';
import type { LoadPlan } from '../../../domain/load.ts';
import type { Topology } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';
import type { SiteName } from '../../model.ts';
import type { Flows, TrafficDeps } from '../traffic.ts';
import { createArrivals } from './arrivals.ts';
import { createSplit } from './integer-split.ts';
import type { SiteFlow } from './site-flow.ts';
import { createSiteTraffic } from './site-traffic.ts';
import { bucketMs, createStretch } from './stretch.ts';

/** Shares of customers that move by more than this from bucket to bucket count as a change. */
const sharesRatio = 0.001;

/** A load that runs until it is ended, or stopped and drained. */
export interface LoadBuckets {
  play(): void;
  /** Nothing is asked any more; buckets go on until nothing is in flight. */
  stop(): void;
  /** Ends at once, without the rest. */
  end(): void;
  /** Something is about to be looked at anew: closes the part of a wide bucket that lies before it. */
  beforeChange(): void;
  /** Whether some site's database began or ceased to take commits since the bucket was opened. */
  commitsChanged(): boolean;
}

/** Starts now, at the base rate. */
export function createLoadBuckets(
  kernel: Kernel,
  topology: Topology,
  plan: LoadPlan,
  flows: Flows,
  deps: TrafficDeps,
  random: Random,
  publish: (traffic: Traffic) => void,
  breakerChanged: (change: { readonly site: SiteName; readonly service: string }) => void,
): LoadBuckets {
  const names = topology.sites.map((site) => site.name);
  const channels = plan.channels.map((channel) => channel.name);
  const arrivals = plan.channels.map((channel) => createArrivals(channel, plan.limitMs));
  const own = names.map((name) => flows.get(name)?.get(plan.service));
  const sites = [...topology.sites.map((site) => site.name), '-'].map((name, i) => {
    const entry = topology.sites[i]?.services.find((service) => service.serves === plan.service);
    return createSiteTraffic(plan.service, name, channels, entry, own[i], deps, random);
  });
  const splits = channels.map(() => createSplit(sites.length));
  const stretch = createStretch(kernel.now());
  const totalRps = (atMs: Ms) => arrivals.reduce((sum, channel) => sum + channel.rateRps(atMs), 0);
  const cornerMs = (atMs: Ms) =>
    arrivals.reduce((next, channel) => Math.min(next, channel.cornerMs(atMs)), Number.POSITIVE_INFINITY);
  const breakers = createBreakerWatch(names, own, breakerChanged);
  const asked = sites.map(() => new Float64Array(channels.length));
  const rates = sites.map(() => new Float64Array(channels.length));
  let fromMs = kernel.now();
  let toMs = fromMs;
  let shares: readonly number[] = [];
  let commits: readonly boolean[] = [];
  let reachable: readonly boolean[] = [];
  let cancel = () => {};
  let stopped = false;
  let booking = false;
  let ended = false;

  const sharesNow = (): readonly number[] => {
    const now = routingShares(names, deps.routing.shares());
    if (now.some((share, i) => Math.abs(share - (shares[i] ?? share)) > sharesRatio)) stretch.change(kernel.now());
    return now;
  };
  const open = (atMs: Ms) => {
    shares = sharesNow();
    commits = sites.map((site) => site.commits());
    reachable = sites.map((site) => site.reachable());
    fromMs = atMs;
    const endMs = atMs + stretch.width(atMs, cornerMs(atMs), totalRps);
    closeAt(Math.max(onGrid(atMs) + bucketMs, onGrid(endMs)));
  };
  const closeAt = (atMs: Ms) => {
    cancel();
    toMs = atMs;
    cancel = kernel.at(atMs, () => close(atMs));
  };
  const spread = (untilMs: Ms) => {
    for (let c = 0; c < channels.length; c++) {
      const rateRps = arrivals[c]!.rateRps((fromMs + untilMs) / 2);
      const parts = splits[c]!(arrivals[c]!.take(fromMs, untilMs), shares);
      for (let s = 0; s < sites.length; s++) {
        asked[s]![c] = parts[s]!;
        rates[s]![c] = rateRps * shares[s]!;
      }
    }
  };
  const book = (untilMs: Ms, live: boolean) => {
    booking = true;
    spread(untilMs);
    sites.forEach((site, s) => {
      const could = live && commits[s]! ? site.commits() : commits[s]!;
      const bucket = {
        fromMs,
        toMs: untilMs,
        asked: asked[s]!,
        ratesRps: rates[s]!,
        commits: could,
        reachable: live ? site.reachable() : reachable[s]!,
      };
      for (const traffic of site.take(bucket)) publish(traffic);
    });
    if (own.some((flow) => flow?.unsettled())) stretch.change(untilMs);
    breakers.look();
    booking = false;
  };
  const close = (atMs: Ms) => {
    if (ended) return;
    book(atMs, true);
    if (stopped && sites.every((site) => site.inFlight() === 0)) ended = true;
    else open(atMs);
  };
  open(fromMs);
  return {
    beforeChange: () => {
      if (ended) return;
      const nowMs = kernel.now();
      stretch.change(nowMs);
      if (booking || toMs - fromMs <= bucketMs) return;
      const gridMs = onGrid(nowMs);
      if (gridMs > fromMs) {
        book(gridMs, false);
        open(gridMs);
      }
      closeAt(onGrid(fromMs) + bucketMs);
    },
    commitsChanged: () => !ended && sites.some((site, s) => site.commits() !== commits[s]),
    play: () => {
      restart(() => {
        for (const channel of arrivals) channel.play(kernel.now());
      });
    },
    stop: () => {
      stopped = true;
      restart(() => {
        for (const channel of arrivals) channel.stop();
      });
    },
    end: () => {
      ended = true;
      cancel();
    },
  };

  /** Closes the bucket exactly now, lets the curve change, and goes on. */
  function restart(change: () => void) {
    if (ended) return;
    const nowMs = kernel.now();
    if (nowMs > fromMs) book(nowMs, false);
    stretch.change(nowMs);
    change();
    open(nowMs);
  }
}

/** The last multiple of the bucket's width: buckets end there, so that windows of judges line up with them. */
function onGrid(atMs: Ms): Ms {
  return Math.floor(atMs / bucketMs) * bucketMs;
}

/** Shares in the order of the sites, and last the share that goes nowhere. */
function routingShares(names: readonly SiteName[], shares: ReadonlyMap<SiteName, number>): readonly number[] {
  const out = names.map((name) => shares.get(name) ?? 0);
  const sum = out.reduce((a, b) => a + b, 0);
  return [...out, sum > 0 ? 0 : 1];
}

/** Tells when a breaker turned. */
function createBreakerWatch(
  names: readonly SiteName[],
  flows: readonly (SiteFlow | undefined)[],
  changed: (change: { readonly site: SiteName; readonly service: string }) => void,
) {
  const states = flows.map((flow) => flow?.services.map((service) => service.breakerState()) ?? []);
  return {
    look: () => {
      flows.forEach((flow, s) => {
        flow?.services.forEach((service, i) => {
          const state = service.breakerState();
          if (state === states[s]![i]) return;
          states[s]![i] = state;
          changed({ site: names[s]!, service: service.node.service.name });
        });
      });
    },
  };
}
