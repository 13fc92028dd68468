/** Under which conditions a run was made, as far as its figures hang on them. Apart because `diff` and `agree` must agree on when two runs may be compared. */
import type { RunRecord } from '../domain/record.ts';

/** One condition, in words. */
export interface Condition {
  readonly what: string;
  readonly value: string;
}

/** Every condition but scenario, platform and seed, always in the same order. */
export function conditionsOf(record: RunRecord): readonly Condition[] {
  const { options, topology, scale } = record;
  return [
    { what: 'scale', value: String(scale) },
    { what: 'topology', value: topology.name },
    { what: 'peak', value: String(options.peakRps ?? 'as written') },
    { what: 'faults', value: options.faultsInjected ? 'injected' : 'off' },
    { what: 'duds', value: options.duds.join(', ') || 'none' },
    { what: 'twin', value: options.twin ?? 'none' },
    { what: 'calibration', value: record.calibration?.sha256.slice(0, 12) ?? 'none' },
  ];
}

/** Conditions in which two runs differ, as `scale: 1 and 0.1`. */
export function conditionsApart(a: readonly Condition[], b: readonly Condition[]): readonly string[] {
  return a.flatMap(({ what, value }, i) => (value === b[i]?.value ? [] : [`${what}: ${value} and ${b[i]?.value}`]));
}
