/** Load as data: the arrival rate of each channel over time, open model. Every load driver plays the same plan. */
import type { Ms } from '../base/clock.ts';

/** The shape of a curve, without its size: points of (seconds, level), linear between, constant outside; level 0 stands for the base rate, 1 for the peak. */
export interface Profile {
  readonly name: string;
  /** Where the figures come from. */
  readonly source: string;
  /** At least one; seconds ascending (two points at the same second make a step). */
  readonly points: readonly (readonly [second: number, level: number])[];
}

/** One channel's load, as the scenario says it. */
export interface ChannelLoad {
  readonly profile: Profile;
  /** Requests per second at level 0 and at level 1 of the profile. */
  readonly rateRpsBase: number;
  readonly rateRpsPeak: number;
}

/** What a scenario asks: by channel name. */
export interface Load {
  /** Name of the business service; absent: the topology's only one. */
  readonly service?: string;
  readonly channels: Readonly<Record<string, ChannelLoad>>;
}

/** Stands for a load that was refused, so that the rest of its scenario can be looked at. */
export const harmlessLoad: Load = {
  channels: {
    shoppers: { profile: { name: 'refused', source: 'none', points: [[0, 0]] }, rateRpsBase: 1, rateRpsPeak: 1 },
  },
};

/** A load planned to its end: rates on the platform's clock. */
export interface LoadPlan {
  readonly service: string;
  readonly channels: readonly {
    readonly name: string;
    /** Linear between; the first at 0 (start of the profile), constant after the last. Requests per second, scaled. */
    readonly points: readonly (readonly [sinceStartMs: Ms, rateRps: number])[];
    /** Rate at level 0: warm-up and tail. */
    readonly rateRpsBase: number;
    /** Highest rate inside the plan. */
    readonly rateRpsPeak: number;
  }[];
  /** Up to where the plan reaches; after it the base rate goes on. */
  readonly limitMs: Ms;
}
