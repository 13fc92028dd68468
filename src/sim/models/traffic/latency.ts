/** Distributions of response times as a few weighted log-normal modes. Apart because adding, mixing and reading percentiles is pure arithmetic that must cost about a microsecond. */
import { exp, log } from '../../../base/exact-math.ts';

/** One part of a distribution: a log-normal with this mean and variance (ms, ms²). Weights of a list need not sum to 1. */
export interface Mode {
  readonly weight: number;
  readonly meanMs: number;
  readonly varianceMs2: number;
}

/** The slots in which latency is reported: how much of the distribution each stands for, and at which quantile its value is read. Percentiles 50, 90, 95, 99 and 99.9 lie well inside a slot, so that a reader gets them right. */
export const latencySlots = {
  mass: [0.15, 0.25, 0.2, 0.2, 0.08, 0.05, 0.04, 0.015, 0.008, 0.005, 0.002],
  quantile: [0.08, 0.28, 0.5, 0.7, 0.84, 0.9, 0.95, 0.977, 0.99, 0.9955, 0.999],
} as const;

/** No more modes than this are kept in a list. */
const modesMax = 6;
const gridPoints = 48;
const tableStep = 0.02;
const tableMax = 5;
const normalTable = integrateNormal();

/** Φ at 0, 0.02, … 5 by Simpson's rule: once, at load. */
function integrateNormal(): Float64Array {
  const density = (z: number) => 0.3989422804014327 * exp((-z * z) / 2);
  const table = new Float64Array(Math.round(tableMax / tableStep) + 2);
  table[0] = 0.5;
  for (let i = 1; i < table.length; i++) {
    const a = (i - 1) * tableStep;
    table[i] = table[i - 1]! + (tableStep / 6) * (density(a) + 4 * density(a + tableStep / 2) + density(a + tableStep));
  }
  return table;
}

/** The normal distribution function, to about 1e-5. */
export function normalCdf(z: number): number {
  const at = Math.min(Math.abs(z), tableMax) / tableStep;
  const i = Math.floor(at);
  const value = normalTable[i]! + (at - i) * (normalTable[i + 1]! - normalTable[i]!);
  return z < 0 ? 1 - value : value;
}

/** Mean and variance of a log-normal given by its median and 99th percentile (ms). */
export function logNormalOf(p50Ms: number, p99Ms: number): Mode {
  const sigma = p99Ms > p50Ms ? log(p99Ms / p50Ms) / 2.3263478740408408 : 0;
  const growth = exp(sigma * sigma);
  const meanMs = p50Ms * Math.sqrt(growth);
  return { weight: 1, meanMs, varianceMs2: meanMs * meanMs * (growth - 1) };
}

/** The mode of `base` after a fixed delay and a wait that is 0, or exponential with mean `waitMs` in `waitRatio` of the cases: one or two modes. */
export function afterWait(base: Mode, delayMs: number, waitRatio: number, waitMs: number): readonly Mode[] {
  const meanMs = base.meanMs + delayMs;
  const at = (ratio: number, extraMs: number) => ({
    weight: base.weight * ratio,
    meanMs: meanMs + extraMs,
    varianceMs2: base.varianceMs2 + extraMs * extraMs,
  });
  if (waitRatio * waitMs < 0.01 * meanMs && waitRatio < 0.005) return [at(1, 0)];
  return waitRatio > 0.995 ? [at(1, waitMs)] : [at(1 - waitRatio, 0), at(waitRatio, waitMs)];
}

/** The sum of two independent times; weights multiply. */
export function sum(a: readonly Mode[], b: readonly Mode[]): readonly Mode[] {
  if (b.length === 0) return a;
  const out: Mode[] = [];
  for (const x of a)
    for (const y of b)
      out.push({
        weight: x.weight * y.weight,
        meanMs: x.meanMs + y.meanMs,
        varianceMs2: x.varianceMs2 + y.varianceMs2,
      });
  return compact(out);
}

/** At most six modes: neighbours whose merging changes least become one with the same mean and variance. */
export function compact(modes: readonly Mode[]): readonly Mode[] {
  const out = modes.filter((mode) => mode.weight > 0);
  if (out.length <= modesMax) return out;
  out.sort((a, b) => a.meanMs - b.meanMs);
  while (out.length > modesMax) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i + 1 < out.length; i++) {
      const a = out[i]!;
      const b = out[i + 1]!;
      const gap = (b.meanMs - a.meanMs) / (a.meanMs + b.meanMs);
      const cost = (gap * gap * a.weight * b.weight) / (a.weight + b.weight);
      if (cost < least) {
        least = cost;
        best = i;
      }
    }
    out.splice(best, 2, merged(out[best]!, out[best + 1]!));
  }
  return out;
}

function merged(a: Mode, b: Mode): Mode {
  const weight = a.weight + b.weight;
  const meanMs = (a.weight * a.meanMs + b.weight * b.meanMs) / weight;
  const square =
    (a.weight * (a.varianceMs2 + a.meanMs * a.meanMs) + b.weight * (b.varianceMs2 + b.meanMs * b.meanMs)) / weight;
  return { weight, meanMs, varianceMs2: Math.max(0, square - meanMs * meanMs) };
}

/** Mean of the whole list, ms; 0 for an empty one. */
export function meanOf(modes: readonly Mode[]): number {
  let weight = 0;
  let total = 0;
  for (const mode of modes) {
    weight += mode.weight;
    total += mode.weight * mode.meanMs;
  }
  return weight > 0 ? total / weight : 0;
}

/** The share of one mode that lies above `limitMs`. */
export function tailOf(mode: Mode, limitMs: number): number {
  if (limitMs <= 0) return 1;
  const deviation = Math.sqrt(mode.varianceMs2);
  if (mode.meanMs + 12 * deviation < limitMs) return 0;
  const { mu, sigma } = shapeOf(mode);
  return 1 - normalCdf((log(limitMs) - mu) / sigma);
}

function shapeOf(mode: Mode): { mu: number; sigma: number } {
  const meanMs = Math.max(mode.meanMs, 0.01);
  const square = log(1 + mode.varianceMs2 / (meanMs * meanMs));
  return { mu: log(meanMs) - square / 2, sigma: Math.max(Math.sqrt(square), 0.01) };
}

/** The values of the {@link latencySlots}, ms, ascending. All 0 for an empty list. */
export function quantiles(modes: readonly Mode[], ceilingMs = Number.POSITIVE_INFINITY): Float64Array {
  const out = new Float64Array(latencySlots.quantile.length);
  if (modes.length === 0) return out;
  const shapes = modes.map(shapeOf);
  const low = Math.min(...shapes.map((s) => s.mu - 3 * s.sigma));
  const high = Math.max(...shapes.map((s) => s.mu + 3.5 * s.sigma));
  const total = modes.reduce((weight, mode) => weight + mode.weight, 0);
  const step = (high - low) / (gridPoints - 1);
  const cdf = (point: number) => {
    let share = 0;
    for (let k = 0; k < modes.length; k++)
      share += modes[k]!.weight * normalCdf((low + point * step - shapes[k]!.mu) / shapes[k]!.sigma);
    return share / total;
  };
  let below = 0;
  let above = cdf(0);
  let point = 0;
  for (let slot = 0; slot < out.length; slot++) {
    const wanted = latencySlots.quantile[slot]!;
    while (above < wanted && point < gridPoints - 1) {
      below = above;
      above = cdf(++point);
    }
    const part = above > below ? Math.min(1, (wanted - below) / (above - below)) : 1;
    out[slot] = Math.min(ceilingMs, exp(low + (Math.max(0, point - 1) + (point === 0 ? 0 : part)) * step));
  }
  return out;
}
