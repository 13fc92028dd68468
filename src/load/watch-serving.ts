/** Which sites serve customers, from what became of their requests. Apart because every load driver tells it by the same rule. */
import type { Traffic } from '../domain/event.ts';

/** A site that served nobody for this long serves nobody, ms. */
const silentMs = 1_000;

/** Publishes `site.serving`: customers were served there in the last second. Silence is told by the traffic of everybody else. */
export function watchServing(tell: (site: string, serving: boolean, atMs: number) => void): {
  readonly take: (traffic: Traffic) => void;
} {
  const servedMs = new Map<string, number>();
  return {
    take: ({ site, ok, fromMs, toMs }: Traffic) => {
      if (ok > 0 && site !== '-') {
        if (!servedMs.has(site)) tell(site, true, toMs);
        servedMs.set(site, toMs);
      }
      for (const [other, lastMs] of servedMs) {
        if (fromMs - lastMs < silentMs) continue;
        servedMs.delete(other);
        tell(other, false, toMs);
      }
    },
  };
}
