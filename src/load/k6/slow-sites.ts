/** Where slow requests end, as a guess of where those go that are still open. Apart because it is a guess. */

/** How many of the last slow requests are remembered: enough to split evenly, few enough to forget a site within a second of trouble. */
const memory = 40;

/** A memory of the last slow requests. */
export interface SlowSites {
  /** A slow request ended there. */
  ended(site: string): void;
  /** Splits `count` requests as the last ones were; all to `-` while there were none. Only counts above 0. */
  guess(count: number): readonly (readonly [site: string, count: number])[];
}

/** An empty memory. */
export function createSlowSites(): SlowSites {
  const last: string[] = [];
  return {
    ended: (site) => {
      last.push(site);
      if (last.length > memory) last.shift();
    },
    guess: (count) => {
      if (count === 0) return [];
      if (last.length === 0) return [['-', count]];
      const shares = new Map<string, number>();
      // Evenly over the memory, so that a small count is a fair sample of it.
      for (let i = 0; i < count; i++) {
        const site = last[Math.floor(((i + 0.5) * last.length) / count) % last.length]!;
        shares.set(site, (shares.get(site) ?? 0) + 1);
      }
      return [...shares];
    },
  };
}
