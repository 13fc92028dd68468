/** The record: what a run was and what came of it, with its provenance. `record.json` is this, and its JSON Schema is published. */
import type { UsedCalibration } from './calibration.ts';
import type { Standing, Verdict } from './objective.ts';

/** What one run leaves beside its timeline. */
export interface RunRecord {
  readonly format: 'elevenproof-record/1';
  /** `2026-11-11T00-00-00Z-etcd-leader-loss-7f3a`: unique, also the folder's name. */
  readonly runId: string;
  readonly scenario: {
    readonly name: string;
    readonly title: string;
    readonly proves: string;
    readonly sha256: string;
    readonly path?: string;
  };
  readonly platform: { readonly name: string; readonly versions: Readonly<Record<string, string>> };
  /** 1 to 16 hexadecimal digits. */
  readonly seed: string;
  readonly scale: number;
  readonly topology: {
    readonly name: string;
    readonly path: string;
    /** Over the files and the changes by `--set`. */
    readonly sha256: string;
    readonly files: readonly { readonly path: string; readonly sha256: string }[];
    readonly sets: readonly string[];
    readonly assumed: readonly string[];
    readonly notModelled: readonly {
      readonly field: string;
      readonly file: string;
      readonly line?: number;
      readonly couldChange: readonly string[];
    }[];
    readonly kubernetes: Readonly<Record<string, string>>;
  };
  readonly options: {
    readonly faultsInjected: boolean;
    readonly duds: readonly string[];
    readonly peakRps?: number;
    readonly twin?: string;
  };
  /** Host terms that the run was given; absent: none. On a real platform they only say which measured runs pair with it. */
  readonly calibration?: UsedCalibration;
  readonly times: {
    /** Wall clock, ISO 8601. */
    readonly startedAt: string;
    readonly wallMs: number;
    /** Platform time. */
    readonly platformMs: number;
  };
  readonly host: { readonly node: string; readonly os: string; readonly cpus: number; readonly memoryMiB: number };
  readonly version: string;
  readonly how: 'complete' | 'aborted' | 'failed' | 'torn';
  readonly because?: string;
  readonly standing: Standing;
  readonly verdicts: readonly Verdict[];
  /** What was left unreverted, with the missing conditions. */
  readonly unreverted: readonly { readonly fault: string; readonly missing: readonly string[] }[];
  readonly story: {
    readonly visited: readonly string[];
    readonly neverVisited: readonly string[];
    readonly transitionsTaken?: readonly string[];
    readonly transitionsNeverTaken: readonly string[];
  };
  /** By business service: the success ratio that its steady state promises, how many times faster than that allows errors were made under load, and the share of a 30-day budget that this used (1 = all of it). A promise without any allowance has no budget and is left out. */
  readonly errorBudgets: Readonly<
    Record<string, { readonly successRatioMin: number; readonly burnRate: number; readonly shareOfBudgetRatio: number }>
  >;
  readonly timeline: {
    readonly events: number;
    /** Of the file's bytes; absent when nothing was written. */
    readonly sha256?: string;
  };
  readonly exitCode: number;
  /** Command that repeats the run. */
  readonly repeat: string;
}
