/** A scenario: what is broken under which load, what is asked, and the story as a statechart. Data, checked at definition. */
import type { Fault } from './fault.ts';
import type { Load } from './load.ts';
import type { Objective } from './objective.ts';
import type { StoryDefinition } from './story.ts';

/** A sabotage twin: the same scenario on a platform weakened on purpose. */
export interface Twin {
  /** What is weakened, in words. */
  readonly says: string;
  /** Changes to the topology's files, as `--set` takes them: `east/Deployment/orders:spec.replicas=1`. */
  readonly set: readonly string[];
  /** Names of objectives that must become *missed* (all of them). */
  readonly flips: readonly string[];
  /** Names of objectives that must stay *met*. */
  readonly keeps: readonly string[];
}

/** A checked scenario. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly proves: string;
  /** Name of a folder in `clusters/`, or a path. */
  readonly topology: string;
  /** Changes to the topology that belong to the scenario, as `--set` takes them. */
  readonly set: readonly string[];
  readonly load: Load;
  /** Limit of the story; the load is planned to it. */
  readonly limitMs: number;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly objectives: readonly Objective[];
  readonly story: StoryDefinition;
  /** Conditions that abort and heal. */
  readonly stopWhen: readonly StopCondition[];
  readonly twins: Readonly<Record<string, Twin>>;
  /** Why states that only a time-out can leave are there: state → reason. */
  readonly waits: Readonly<Record<string, string>>;
}

/** Abort and heal when an SLI is worse than this for so long. */
export interface StopCondition {
  readonly service: string;
  /** Absent: over all sites. */
  readonly site?: string;
  readonly successRatioMin: number;
  readonly forMs: number;
}
