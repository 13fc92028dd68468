/** Run events: the only thing that a run leaves behind. Judging and reporting are folds over them. */
import type { Ms } from '../base/clock.ts';
import type { RangeSet } from '../base/ranges.ts';
import type { Action } from './action.ts';
import type { FactName, FactValue, Subject } from './fact.ts';

/** Phases of the life cycle, in order; `heal` and `teardown` always come. */
export const phases = [
  'provision',
  'deploy',
  'warm-up',
  'steady',
  'story',
  'heal',
  'quiet',
  'verify',
  'teardown',
  'ended',
] as const;
/** One of {@link phases}. */
export type Phase = (typeof phases)[number];

/** Why a request did not succeed for sure. `refused`: nobody listened or nobody was in rotation; `error`: the service said no; `limited`: over its rate limit; `shed`: queue full; `broken`: an open breaker. */
export const failureReasons = ['refused', 'error', 'limited', 'shed', 'broken', 'unavailable'] as const;
/** One of {@link failureReasons}. */
export type FailureReason = (typeof failureReasons)[number];

/** What happened to the requests of one stretch of time. asked = ok + Σ failed + indeterminate + change of inFlight. All counts are integers. */
export interface Traffic {
  readonly type: 'traffic';
  /** Business service such as `orders`, or a prober: `api.write`, `api.read` (10 tries a second). */
  readonly service: string;
  /** Site that served or would have; `-` when no site was chosen. */
  readonly site: string;
  readonly channel: string;
  /** The stretch is [fromMs, toMs); 100 ms while anything changes, wider in steady stretches. */
  readonly fromMs: Ms;
  readonly toMs: Ms;
  readonly asked: number;
  readonly ok: number;
  readonly failed: Readonly<Partial<Record<FailureReason, number>>>;
  /** Timed out or reset: may or may not have been done. */
  readonly indeterminate: number;
  /** Waiting at the end of the stretch. */
  readonly inFlight: number;
  /** Of those that ended ok: (latency ms, how many), ascending. Sum of counts = ok. */
  readonly latency: readonly (readonly [ms: number, count: number])[];
  /** Tries that were repetitions (inside the platform or by the client), for the reader. */
  readonly retries?: number;
}

/** Orders and log positions at one instant: what each database of a replicated pair has. Published while anything changes, at most every 100 ms. */
export interface DataState {
  readonly type: 'data';
  /** Orders acknowledged to customers since the last such event, by the site that numbered them. */
  readonly acknowledged: Readonly<Record<string, RangeSet>>;
  /** Orders with unknown outcome since the last such event. */
  readonly indeterminate: Readonly<Record<string, RangeSet>>;
  /** Per replication: commits that have not arrived, age of the oldest in ms, and whether it is stalled. */
  readonly lag: Readonly<Record<string, { readonly records: number; readonly ageMs: number }>>;
}

/** A promotion or failover of a database: what the new primary lacked at that instant. */
export interface Promotion {
  readonly type: 'promotion';
  readonly site: string;
  readonly workload: string;
  /** Acknowledged before and not there: by numbering site. */
  readonly missing: Readonly<Record<string, RangeSet>>;
  /** Age of the oldest missing order, ms; 0 when none is. */
  readonly missingAgeMs: Ms;
}

/** The final audit of every order, read from each database after the quiet period. */
export interface Audit {
  readonly type: 'audit';
  /** By database `site/workload`: the orders it holds, by numbering site. */
  readonly held: Readonly<Record<string, Readonly<Record<string, RangeSet>>>>;
  /** Orders held more than once, by database and numbering site. */
  readonly duplicated: Readonly<Record<string, Readonly<Record<string, RangeSet>>>>;
  /** Orders that were deleted or overwritten and came back, by database and numbering site. */
  readonly resurrected: Readonly<Record<string, Readonly<Record<string, RangeSet>>>>;
  /** Keys whose value differs between the sites though both hold them (conflicting writes). */
  readonly conflicts: number;
  /** Databases that could not be read, with the reason. */
  readonly unreadable: Readonly<Record<string, string>>;
}

/** Capacity of a workload in a site: what its ready pods could serve. For time to capacity. */
export interface Capacity {
  readonly type: 'capacity';
  readonly site: string;
  readonly workload: string;
  readonly readyReplicas: number;
  readonly wantedReplicas: number;
  /** Requests per second that the ready pods can serve. */
  readonly capacityRps: number;
  /** Requests per second asked of it. */
  readonly demandRps: number;
}

/** Everything that can happen in a run. */
export type RunEventBody =
  | {
      readonly type: 'run.started';
      readonly scenario: string;
      readonly title: string;
      readonly platform: string;
      readonly seed: string;
      readonly topology: string;
      readonly version: string;
      readonly scale: number;
      readonly faultsInjected: boolean;
      readonly duds: readonly string[];
      readonly sets: readonly string[];
      /** In words: what was assumed, what is not modelled. */
      readonly assumed: readonly string[];
      readonly notModelled: readonly { readonly field: string; readonly couldChange: readonly string[] }[];
      /** Steady states by SLI, so that a stored run can be judged alone. */
      readonly steadyState: Readonly<
        Record<string, { readonly successRatioMin: number; readonly p99MsMax?: number; readonly windowMs?: number }>
      >;
      readonly sites: readonly string[];
    }
  | { readonly type: 'phase'; readonly phase: Phase; readonly text?: string }
  | {
      readonly type: 'load.planned';
      readonly service: string;
      readonly channels: Readonly<
        Record<
          string,
          {
            readonly rateRpsBase: number;
            readonly rateRpsPeak: number;
            /** Points (ms since the profile's start, requests per second), linear between; before the start the base rate. */
            readonly planned: readonly (readonly [Ms, number])[];
          }
        >
      >;
    }
  | { readonly type: 'load.ended'; readonly reached: boolean; readonly text?: string }
  /** A state was entered; `region` names the parallel region, if any. */
  | {
      readonly type: 'state';
      readonly state: string;
      readonly region?: string;
      readonly ending?: 'expected' | 'failed' | 'inconclusive';
      readonly because?: string;
    }
  | {
      readonly type: 'transition';
      readonly from: string;
      readonly to: string;
      readonly cause: 'fact' | 'after' | 'start' | 'done';
      readonly text: string;
    }
  /** A fault or operation was injected; `pass` counts from 1 in a cycle. */
  | {
      readonly type: 'fault.injected';
      readonly fault: string;
      readonly pass: number;
      readonly purpose: 'damage' | 'operation';
      readonly title: string;
      readonly skipped: boolean;
    }
  | { readonly type: 'action.issued'; readonly fault: string; readonly action: Action; readonly undo: boolean }
  | {
      readonly type: 'action.landed';
      readonly fault: string;
      readonly actionId: string;
      readonly fromMs: Ms;
      readonly toMs: Ms;
      readonly proof: string;
      readonly undo: boolean;
    }
  | {
      readonly type: 'action.failed';
      readonly fault: string;
      readonly actionId: string;
      readonly reason: string;
      readonly undo: boolean;
    }
  /** Every action of the fault landed; the interval spans them. */
  | {
      readonly type: 'fault.landed';
      readonly fault: string;
      readonly pass: number;
      readonly fromMs: Ms;
      readonly toMs: Ms;
    }
  | { readonly type: 'fault.failed'; readonly fault: string; readonly pass: number; readonly reason: string }
  | { readonly type: 'fault.healing'; readonly fault: string; readonly pass: number }
  /** `until` holds; since when. */
  | { readonly type: 'fault.healed'; readonly fault: string; readonly pass: number; readonly wholeMs: Ms }
  | {
      readonly type: 'fault.unreverted';
      readonly fault: string;
      readonly pass: number;
      readonly missing: readonly string[];
    }
  | { readonly type: 'fact'; readonly fact: FactName; readonly subject: Subject; readonly value: FactValue }
  /** An observer saw nothing in [fromMs, toMs): facts of these names may be late or missing there; `*`: all. */
  | {
      readonly type: 'gap';
      readonly observer: string;
      /** Absent: of every site. */
      readonly site?: string;
      readonly facts: readonly (FactName | '*')[];
      readonly fromMs: Ms;
      readonly toMs: Ms;
    }
  | { readonly type: 'stop'; readonly condition: string; readonly text: string }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'run.ended'; readonly how: 'complete' | 'aborted' | 'failed'; readonly text?: string }
  | Traffic
  | DataState
  | Promotion
  | Audit
  | Capacity;

/** An event in a timeline: numbered from 0 without gaps. */
export type RunEvent = RunEventBody & {
  readonly n: number;
  /** When it happened, by the source's own stamp. */
  readonly atMs: Ms;
  /** When we learned it; never before `atMs`. */
  readonly seenMs: Ms;
};

/** The events of one type. */
export type RunEventOf<T extends RunEventBody['type']> = Extract<RunEvent, { type: T }>;

/** Takes an event of the platform: a fact, traffic of a prober, data state, a gap, a promotion. `atMs` is the source's stamp. */
export type Publish = (event: RunEventBody, atMs: number) => void;

/** Ends what was started; more than once is harmless. */
export type Stop = () => void;
