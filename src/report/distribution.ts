/** The spread of one figure over many runs. Apart because `run --repeat` and `sweep` print the same columns. */
import type { Figure } from './figures.ts';
import { directionOf } from './figures.ts';

/** One figure over many runs; percentiles by nearest rank, so each is a value that occurred. */
export interface Distribution {
  readonly objective: string;
  readonly name: string;
  /** In how many runs it was measured. */
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Seed of the worst value, by the figure's own direction; the first of equals. Absent where no seed is worse than another: all values are one, or the figure has no direction. */
  readonly worstSeed?: string;
}

/** What the distribution needs of a run. */
export interface Measured {
  readonly seed: string;
  readonly figures: readonly Figure[];
}

/** A distribution per figure, in order of first sight. Figures that no run measured are absent. */
export function distributionsOf(runs: readonly Measured[]): readonly Distribution[] {
  const samples = new Map<string, { figure: Figure; values: { seed: string; value: number }[] }>();
  for (const run of runs)
    for (const figure of run.figures) {
      const key = JSON.stringify([figure.objective, figure.name]);
      const entry = samples.get(key) ?? { figure, values: [] };
      entry.values.push({ seed: run.seed, value: figure.value });
      samples.set(key, entry);
    }
  return [...samples.values()].map(({ figure, values }) => summary(figure, values));
}

function summary(figure: Figure, values: readonly { seed: string; value: number }[]): Distribution {
  const sorted = values.map((each) => each.value).sort((a, b) => a - b);
  const direction = directionOf(figure.name);
  const worst = direction === 'bigger' ? sorted[0]! : sorted.at(-1)!;
  const told = direction !== 'none' && sorted[0] !== sorted.at(-1);
  return {
    objective: figure.objective,
    name: figure.name,
    count: sorted.length,
    min: sorted[0]!,
    p50: nearestRank(sorted, 0.5),
    p95: nearestRank(sorted, 0.95),
    max: sorted.at(-1)!,
    ...(told && { worstSeed: values.find((each) => each.value === worst)!.seed }),
  };
}

function nearestRank(sorted: readonly number[], ratio: number): number {
  return sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)]!;
}
