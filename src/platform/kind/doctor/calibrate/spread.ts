/** Percentiles of measured times. Apart because every term of a calibration is one. */

/** Value at a quantile by nearest rank, so one that occurred; to a hundredth of a millisecond. Samples must not be empty. */
export function quantileOf(samplesMs: readonly number[], quantile: number): number {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)]!;
  return Math.max(0.01, Math.round(value * 100) / 100);
}

/** Median and 95th percentile. */
export function spreadOf(samplesMs: readonly number[]): { readonly p50: number; readonly p95: number } {
  return { p50: quantileOf(samplesMs, 0.5), p95: quantileOf(samplesMs, 0.95) };
}
