/** Plans a load to its end: profiles become rates on the platform's clock. Pure and piecewise linear, so that every load driver asks exactly the same. */
import type { Ms } from '../base/clock.ts';
import { createProblemList } from '../base/errors.ts';
import type { ChannelLoad, Load, LoadPlan } from './load.ts';

/** Points of a piecewise linear curve: ascending, two at the same abscissa make a step. Constant outside. At least one. */
export type Curve = readonly (readonly [at: number, value: number])[];

/** How a load is planned. */
export interface PlanOptions {
  readonly service: string;
  /** All rates are multiplied by this (> 0). */
  readonly scale: number;
  /** The highest channel's peak becomes this before scaling, other peaks in proportion; base rates stay, unless a peak falls below its base or the channel has one rate only, which then is both. Requests per second, > 0. */
  readonly peakRps?: number;
  /** Up to where the plan reaches, ms (> 0); base rate afterwards. */
  readonly limitMs: Ms;
}

/** The planned load. Throws an InputError when a number of the options is not positive. */
export function planLoad(load: Load, options: PlanOptions): LoadPlan {
  checkOptions(options);
  const channels = Object.entries(load.channels);
  const highest = Math.max(0, ...channels.map(([, channel]) => channel.rateRpsPeak));
  const peakFactor = options.peakRps === undefined || highest === 0 ? 1 : options.peakRps / highest;
  return {
    service: options.service,
    limitMs: options.limitMs,
    channels: channels.map(([name, channel]) => planChannel(name, channel, options, peakFactor)),
  };
}

function planChannel(
  name: string,
  channel: ChannelLoad,
  { scale, limitMs }: PlanOptions,
  peakFactor: number,
): LoadPlan['channels'][number] {
  const peak = channel.rateRpsPeak * peakFactor * scale;
  const flat = channel.rateRpsBase === channel.rateRpsPeak;
  const base = flat ? peak : Math.min(channel.rateRpsBase * scale, peak);
  const curve = channel.profile.points.map(
    ([second, level]) => [Math.round(second * 1000), base + level * (peak - base)] as const,
  );
  const inside = curve.filter(([ms]) => ms > 0 && ms < limitMs);
  const points = [[0, levelAt(curve, 0)] as const, ...inside, [limitMs, levelAt(curve, limitMs)] as const];
  if (points.at(-1)![1] !== base) points.push([limitMs, base]);
  return { name, points, rateRpsBase: base, rateRpsPeak: Math.max(...points.map(([, rate]) => rate)) };
}

/** Value of a curve at `at`; at a step the value after it. */
export function levelAt(curve: Curve, at: number): number {
  const next = firstAfter(curve, at);
  if (next === 0) return curve[0]![1];
  if (next === curve.length) return curve.at(-1)![1];
  return between(curve[next - 1]!, curve[next]!, at);
}

/** Requests asked in [fromMs, toMs): the area under the curve, exact but for rounding in the last bits. */
export function integral(points: LoadPlan['channels'][number]['points'], fromMs: Ms, toMs: Ms): number {
  let sum = 0;
  let [at, value] = [fromMs, levelAt(points, fromMs)];
  for (let i = firstAfter(points, fromMs); at < toMs; i++) {
    const [end, left] = i < points.length && points[i]![0] < toMs ? points[i]! : [toMs, valueBefore(points, toMs)];
    sum += ((end - at) * (value + left)) / 2;
    at = end;
    value = left;
  }
  return sum / 1000;
}

/** Value just before `at`: the left side of a step. */
function valueBefore(curve: Curve, at: number): number {
  const next = curve.findIndex(([x]) => x >= at);
  if (next === 0) return curve[0]![1];
  if (next === -1) return curve.at(-1)![1];
  return between(curve[next - 1]!, curve[next]!, at);
}

/** Index of the first point after `at`, by bisection. */
function firstAfter(curve: Curve, at: number): number {
  let low = 0;
  let high = curve.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve[middle]![0] <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function between(a: Curve[number], b: Curve[number], at: number): number {
  return a[0] === b[0] ? b[1] : a[1] + ((b[1] - a[1]) * (at - a[0])) / (b[0] - a[0]);
}

function checkOptions(options: PlanOptions): void {
  const problems = createProblemList();
  const positive = (name: string, value: number | undefined) => {
    if (value !== undefined && !(value > 0 && Number.isFinite(value)))
      problems.add({ message: `Expected \`${name}\` to be a positive number, got \`${value}\`` });
  };
  positive('scale', options.scale);
  positive('peakRps', options.peakRps);
  positive('limitMs', options.limitMs);
  problems.throwIfAny();
}
