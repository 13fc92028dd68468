/** The catalogue of load shapes as data: published figures where there are some, marked assumptions where there are none. Apart from the factories so that a figure can be checked against its source alone. */
import type { Profile } from '../load.ts';

/** A shape laid on the clock. */
export interface Shape extends Profile {
  /** Clock time of the profile's second 0, in seconds of the day. */
  readonly anchorSecond: number;
  /** Peak rate over base rate in the source: used when a scenario gives only the base rate. */
  readonly peakOverBase: number;
}

const hour = 3_600;

/** Points of (second, multiple of some rate) as levels: `floor` becomes 0, `peak` becomes 1. */
function levels(
  points: readonly (readonly [second: number, multiple: number])[],
  floor: number,
  peak: number,
): Profile['points'] {
  return points.map(([second, multiple]) => [second, (multiple - floor) / (peak - floor)]);
}

/**
 * Multiples of the daily mean rate of 11.11 2019; second 0 is midnight. The mean of each window 0–96–325–769–3,839–51,660–59,460–86,400 s is that of the
 * published turnover milestones (33.5, 28.1, 14.5, 5.2, 0.67, 0.56, 0.66); the peak is orders per second over the daily mean (36). Before midnight (ramp to 3,
 * dip by half in the last minute) and the course inside each window are assumptions. Too high a level bends results towards failing.
 */
export const doubleElevenMultiples: readonly (readonly [second: number, multiple: number])[] = [
  [-hour, 1],
  [-60, 3],
  [-50, 1.5],
  [-1, 1.5],
  [0, 36],
  [96, 31],
  [210, 25.6],
  [325, 30.205],
  [500, 13],
  [769, 6.774],
  [3_839, 3.626],
  [2 * hour, 0.8],
  [3 * hour, 0.3],
  [5 * hour, 0.25],
  [9 * hour, 0.55],
  [42_000, 0.9],
  [51_660, 0.736],
  [55_560, 0.5],
  [59_460, 0.504],
  [19 * hour, 0.55],
  [20 * hour, 0.8],
  [22 * hour, 0.8],
  [24 * hour, 0.555],
];

/** Double Eleven: pre-heat, dip, cliff at 00:00:00 within 1 s, decay with a second wave at 00:05 (payments peaked 322 s after midnight in 2017) and another in the evening. */
export const doubleElevenShape: Shape = {
  name: 'double-eleven',
  source:
    '11.11 2019: turnover milestones 96 s 10 bn, 5:25 30 bn, 12:49 50 bn, 63:59 100 bn, 14:21:00 200 bn, 16:31 213.5 bn, 24 h 268.4 bn (Alipay, news reports); 544,000 orders/s at the peak, 36 times the daily mean. Hours before midnight and the course inside each window: assumed',
  anchorSecond: 0,
  peakOverBase: 144,
  points: levels(doubleElevenMultiples, 0.25, 36),
};

/** 618: an instant peak at midnight, a high plateau for ten minutes, then steady. */
export const jd618Shape: Shape = {
  name: '618',
  source:
    'JD on 618 in 2019: "zero-hour instant peak, high plateau for a while, then steady"; factor 10 from a talk of 2017. Lengths of the steps: assumed',
  anchorSecond: 0,
  peakOverBase: 10,
  points: levels(
    [
      [-hour, 1],
      [-1, 1],
      [0, 10],
      [600, 10],
      [1_800, 6],
      [hour, 3],
      [2 * hour, 1.5],
      [3 * hour, 1],
    ],
    1,
    10,
  ),
};

/** A product launch at 20:00: people reload before it, everybody comes at once, the stock is gone after a minute. */
export const launchShape: Shape = {
  name: 'launch',
  source:
    'Launch of 2023-09-15 20:00: site down for 6 to 10 min, stock gone in 1 min (news reports); factor 20 from a talk of 2017. Reloading before and decay after: assumed',
  anchorSecond: 20 * hour,
  peakOverBase: 20,
  points: levels(
    [
      [-hour, 1],
      [-600, 1],
      [-1, 4],
      [0, 20],
      [60, 20],
      [180, 10],
      [600, 5],
      [1_800, 2],
      [hour, 1],
    ],
    1,
    20,
  ),
};

/** A partner's promotion of 17 May: 126 times the ordinary rate, within a second, for three minutes. */
export const telecom517Shape: Shape = {
  name: 'telecom-517',
  source: 'Factor 126 of the telecom promotion of 17 May, from a talk of 2017. Hour and course: assumed',
  anchorSecond: 10 * hour,
  peakOverBase: 126,
  points: levels(
    [
      [-hour, 1],
      [-1, 1],
      [0, 126],
      [180, 126],
      [600, 40],
      [1_800, 10],
      [hour, 1],
    ],
    1,
    126,
  ),
};

/** Multiples of the daily mean by hour on an ordinary day. */
export const diurnalHourly: readonly number[] = [
  0.55, 0.35, 0.22, 0.16, 0.14, 0.18, 0.35, 0.6, 0.85, 1.1, 1.25, 1.2, 1.15, 1.15, 1.15, 1.2, 1.2, 1.15, 1.2, 1.4, 1.7,
  1.75, 1.4, 0.95,
];

/** Two ordinary days, so that a window may pass midnight. Each hour's figure stands at the middle of the hour. */
export const diurnalShape: Shape = {
  name: 'diurnal',
  source: 'Evening peak at 20 to 21 h on ordinary days as stated by Alipay; the hourly figures are assumed',
  anchorSecond: 0,
  peakOverBase: 12.5,
  points: levels(
    Array.from({ length: 50 }, (_, i) => [(i - 0.5) * hour, diurnalHourly[(i + 23) % 24]!]),
    0.14,
    1.75,
  ),
};
