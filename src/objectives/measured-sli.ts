/** An SLI as objectives ask for it: which traffic, and how its health went. */
import type { FactName } from '../domain/fact.ts';
import type { FoldedRun, Stretches } from '../domain/folded-run.ts';
import { type HealthSpan, healthSpans } from '../domain/sli-health.ts';
import { isProber, windowOf } from '../domain/sli-window.ts';

/** Which traffic of a service: all sites and channels summed, or one of them. */
export interface SliName {
  /** Business service such as `orders`, or a prober: `api.write`, `api.read`. */
  readonly of: string;
  readonly site?: string;
  readonly channel?: string;
}

const cache = new WeakMap<FoldedRun, Map<string, readonly HealthSpan[]>>();

/** The stretches of an SLI. */
export function stretchesOf(run: FoldedRun, { of, site, channel }: SliName): Stretches {
  return run.traffic(of, { ...(site === undefined ? {} : { site }), ...(channel === undefined ? {} : { channel }) });
}

/** Its health over the whole run, in spans; undefined when the topology declares no steady state for it. */
export function healthOf(run: FoldedRun, sli: SliName): readonly HealthSpan[] | undefined {
  const limits = run.steadyState[sli.of];
  if (limits === undefined) return undefined;
  const known = cache.get(run) ?? new Map<string, readonly HealthSpan[]>();
  cache.set(run, known);
  const key = `${sli.of}|${sli.site ?? ''}|${sli.channel ?? ''}`;
  const spans = known.get(key) ?? healthSpans(stretchesOf(run, sli), limits, windowOf(sli.of, limits));
  known.set(key, spans);
  return spans;
}

/** Facts whose observers also count the requests of a service: a gap of theirs is a gap in its traffic. */
export function factsOfSli(service: string): readonly FactName[] {
  return isProber(service) ? ['sli.healthy', 'api.writable'] : ['sli.healthy'];
}

/** `orders`, `orders (app)`, `api.write in east`. */
export function describeSli({ of, site, channel }: SliName): string {
  return `${of}${channel === undefined ? '' : ` (${channel})`}${site === undefined ? '' : ` in ${site}`}`;
}
