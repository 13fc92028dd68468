/** The port of a load driver: who asks. */
import type { Publish } from '../domain/event.ts';
import type { LoadPlan } from '../domain/load.ts';

/** Plays a plan against the platform's entry and tells what became of every request. */
export interface LoadDriver {
  /** `simulated`, `k6`. */
  readonly name: string;
  /** Starts at base rate (warm-up). Publishes traffic, `load.*` facts and gaps. */
  warmUp(plan: LoadPlan, publish: Publish, signal: AbortSignal): Promise<void>;
  /** The profile starts now. */
  play(): void;
  /** Ends the load; says whether the planned rate was really asked. */
  stop(): Promise<{ readonly reached: boolean; readonly text?: string }>;
}
