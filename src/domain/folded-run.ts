/** The timeline folded once into what objectives ask of it. The fold itself is `foldRun`; objectives see only this. */
import type { Ms } from '../base/clock.ts';
import type { ResolvedTarget } from './action.ts';
import type { Capacity, DataState, RunEventOf, Traffic } from './event.ts';
import type { FactName, FactValue, Subject } from './fact.ts';
import type { SteadyState } from './topology.ts';

/** One pass of a fault or operation through the run. */
export interface FaultPass {
  readonly fault: string;
  readonly pass: number;
  readonly purpose: 'damage' | 'operation';
  readonly title: string;
  /** `--no-faults`: named but not done. */
  readonly skipped: boolean;
  /** What its actions (not its undo) were aimed at, resolved. */
  readonly targets: readonly ResolvedTarget[];
  readonly injectedMs: Ms;
  /** Absent: it did not land (or was a dud, or not injected). `fromMs` = last seen whole, `toMs` = first seen changed. */
  readonly landed?: { readonly fromMs: Ms; readonly toMs: Ms };
  /** Absent: never healed in this run. */
  readonly healingMs?: Ms;
  readonly healedMs?: Ms;
  readonly failedBecause?: string;
  /** Evidence. */
  readonly events: readonly number[];
}

/** A change of a fact. */
export interface FactChange {
  readonly n: number;
  readonly atMs: Ms;
  readonly seenMs: Ms;
  readonly value: FactValue;
}

/** The events of one SLI in order of time, not overlapping within one (site, channel). */
export type Stretches = readonly (Traffic & { readonly n: number })[];

/** Everything that objectives may ask. All queries are pure. */
export interface FoldedRun {
  readonly started: RunEventOf<'run.started'>;
  /** End of the newest event. */
  readonly endMs: Ms;
  /** Undefined: the timeline was torn off. */
  readonly ended: RunEventOf<'run.ended'> | undefined;
  /** First entry of each phase. */
  readonly phaseMs: Readonly<Partial<Record<string, Ms>>>;
  /** States of the story in the order they were entered, with when they were left (absent: still in it). */
  readonly states: readonly { readonly state: string; readonly fromMs: Ms; readonly toMs?: Ms; readonly n: number }[];
  /** How the story ended, if it did. */
  readonly ending: RunEventOf<'state'> | undefined;
  /** The timer transition that led to the ending, if one did, with the facts it waited for. */
  readonly endedByTimeout: boolean;
  /** Whether faults were injected at all (`--no-faults`: false). */
  readonly faultsInjected: boolean;
  readonly faults: readonly FaultPass[];
  /** Every pass of one fault or operation, oldest first; skipped ones too. */
  passes(fault: string): readonly FaultPass[];
  /** The newest landed pass of a fault or operation; undefined when none landed. */
  landedPass(fault: string): FaultPass | undefined;
  /** Changes of a fact of one subject, oldest first. */
  changes(fact: FactName, subject: Subject): readonly FactChange[];
  /** Every subject of a fact, in order of first sight. */
  subjects(fact: FactName): readonly Subject[];
  /** Traffic of an SLI, one or all channels, one or all sites, cut to nothing. */
  traffic(service: string, where?: { readonly channel?: string; readonly site?: string }): Stretches;
  /** From the start of the load profile to the end of the load (or of the timeline): where whole-run objectives look. Undefined: the profile never started. */
  readonly loadWindow: { readonly fromMs: Ms; readonly toMs: Ms } | undefined;
  /** Faults whose undo did not prove the platform whole. */
  readonly unreverted: readonly string[];
  readonly services: readonly string[];
  channelsOf(service: string): readonly string[];
  readonly steadyState: Readonly<Record<string, SteadyState>>;
  readonly data: readonly (DataState & { readonly n: number; readonly atMs: Ms })[];
  readonly promotions: readonly RunEventOf<'promotion'>[];
  readonly audit: RunEventOf<'audit'> | undefined;
  capacity(workload: string, site?: string): readonly (Capacity & { readonly n: number; readonly atMs: Ms })[];
  /** Gaps of observers that touch [fromMs, toMs) and could hide this fact; without a fact: any. */
  gaps(fromMs: Ms, toMs: Ms, fact?: FactName): readonly RunEventOf<'gap'>[];
  /** Whether the planned load was asked in [fromMs, toMs); the reason when not. */
  loadReached(fromMs: Ms, toMs: Ms): { readonly reached: true } | { readonly reached: false; readonly because: string };
}
