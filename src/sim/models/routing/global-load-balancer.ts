/** What brings customers to a site: weights, health checks, and either a proxy that obeys at once or DNS with caching clients. Apart because it stands outside both sites. */
import type { GlobalLoadBalancer } from '../../../domain/between-sites.ts';
import type { Kernel } from '../../kernel.ts';
import type { SiteName } from '../../model.ts';
import { createDnsClients, type Shares } from './dns-clients.ts';
import { type CheckAnswer, createSiteCheck } from './site-check.ts';

/** A new answer reaches the authoritative servers. ms; 1–10 s with the large providers, assumed. Longer delays every failover by DNS. */
const publishMs = 2000;
/** Defaults where a DNS balancer does not state its clients; the same as topology.yaml's, assumed: 85–95 % honour the TTL, 5–10 % clamp it, 1–5 % are stuck. More `ignore` leaves more customers at a dead site. */
const dnsDefault = { ttlSeconds: 30, honourRatio: 0.9, clampRatio: 0.08, ignoreRatio: 0.02, clampSeconds: 300 };

/** The running load balancer. */
export interface Balancer {
  shares(): ReadonlyMap<SiteName, number>;
  healthy(site: SiteName): boolean;
  weights(): Readonly<Record<SiteName, number>>;
  setWeights(weights: Readonly<Record<SiteName, number>>): void;
  /** What the checks of a site meet may have changed. */
  look(site: SiteName): void;
}

/** `meets`: what a check of the site meets now. `changed`: the site's check turned, or weights changed (every site). */
export function createBalancer(
  kernel: Kernel,
  sites: readonly SiteName[],
  policy: GlobalLoadBalancer,
  meets: (site: SiteName) => CheckAnswer,
  changed: (site: SiteName) => void,
): Balancer {
  const random = kernel.random('routing/checks');
  let weights: Record<SiteName, number> = cleaned(sites, policy.weights);
  const checks = new Map(
    sites.map((site) => {
      const phaseMs = random.int(0, Math.max(0, Math.round(policy.check.intervalMs) - 1));
      return [
        site,
        createSiteCheck(
          kernel,
          policy.check,
          phaseMs,
          () => meets(site),
          () => turned(site),
        ),
      ];
    }),
  );
  const healthy = (site: SiteName) => checks.get(site)?.healthy() ?? false;
  /** A proxy with nobody left refuses; DNS that finds nobody healthy answers as if all were (fail open, as the large providers do). */
  const answer = (): Shares => {
    const alive = normal(sites.map((site) => (healthy(site) ? weights[site]! : 0)));
    if (policy.mode === 'proxy' || alive.some((share) => share > 0)) return alive;
    return normal(sites.map((site) => weights[site]!));
  };
  const clients = policy.mode === 'dns' ? createDnsClients(answer(), policy.dns ?? dnsDefault) : undefined;
  const bySite = (shares: Shares) => new Map(sites.map((site, i) => [site, shares[i]!]));
  let direct = bySite(answer());
  const update = () => {
    direct = bySite(answer());
    if (clients !== undefined) kernel.after(publishMs, () => clients.answer(answer(), kernel.now()));
  };
  const turned = (site: SiteName) => {
    update();
    changed(site);
  };
  return {
    healthy,
    weights: () => weights,
    shares: () => (clients === undefined ? direct : bySite(clients.shares(kernel.now()))),
    setWeights: (next) => {
      weights = cleaned(sites, next);
      update();
      for (const site of sites) changed(site);
    },
    look: (site) => checks.get(site)?.look(),
  };
}

/** A weight for every site, none negative; sites that are not named get 0. */
function cleaned(sites: readonly SiteName[], weights: Readonly<Record<SiteName, number>>): Record<SiteName, number> {
  return Object.fromEntries(
    sites.map((site) => [site, Object.hasOwn(weights, site) ? Math.max(0, weights[site]! || 0) : 0]),
  );
}

function normal(weights: readonly number[]): Shares {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => (sum > 0 ? weight / sum : 0));
}
