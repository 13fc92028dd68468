/** What a run is asked to be, and what comes of it. Plain words between the composition, which knows the world, and the runner, which does not. */
import type { RunEvent } from '../domain/event.ts';
import type { LoadPlan } from '../domain/load.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { Coverage } from '../domain/story-coverage.ts';
import type { Topology } from '../domain/topology.ts';
import type { LoadDriver } from '../load/load-driver.ts';
import type { Platform } from '../platform/platform.ts';
import type { Unreverted } from './healing.ts';

/** A run to be made. */
export interface RunRequest {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly plan: LoadPlan;
  readonly platform: Platform;
  readonly load: LoadDriver;
  /** 1 to 16 hexadecimal digits. */
  readonly seed: string;
  readonly scale: number;
  /** Plays everything and injects no damage; operations are performed. */
  readonly noFaults: boolean;
  /** Faults whose act is to do nothing. */
  readonly duds: readonly string[];
  /** Changes to the topology by `--set`, for the timeline. */
  readonly sets: readonly string[];
  readonly version: string;
  /** SLIs that must be steady before the story and after it; absent: all that the topology has a steady state for. */
  readonly slisAwaited?: readonly string[] | undefined;
  /** Where timeline and journal go; absent: memory alone. */
  readonly folder?: string | undefined;
  /** The first wish to stop: heal, tear down, end. With an OperatingError as its reason the run did not end by a wish but failed, with that error's exit code. */
  readonly signal: AbortSignal;
  /** The second: stop waiting, name what is not whole, end. */
  readonly operatorSignal?: AbortSignal | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** What came of a run. */
export interface RunOutcome {
  readonly events: readonly RunEvent[];
  readonly how: 'complete' | 'aborted' | 'failed';
  readonly because: string | undefined;
  readonly unreverted: readonly Unreverted[];
  readonly coverage: Coverage;
  /** Exit codes that the run itself calls for (3, 4, 5, 70); verdicts come on top. */
  readonly exitHints: readonly number[];
}
