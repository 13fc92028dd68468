/** The port of a platform: where faults happen. The runner sees only this. */
import type { Clock } from '../base/clock.ts';
import type { Action, ActionOutcome, Verb } from '../domain/action.ts';
import type { Publish, RunEventBody, Stop } from '../domain/event.ts';
import type { Topology } from '../domain/topology.ts';

/** Plain data from which a platform finds again what it made. */
export type Handle = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Where a platform says what it is about to make, before it makes it. */
export interface Journal {
  /** Written and flushed when it returns. */
  handle(handle: Handle): void;
}

/** A platform. */
export interface Platform {
  /** `simulated`, `kind`. */
  readonly name: string;
  /** Inability is declared, never an `if` elsewhere. */
  readonly verbs: ReadonlySet<Verb>;
  readonly clock: Clock;
  /** Versions of what runs beneath, for the record: `{ kubernetes: '1.34', etcd: '3.6' }`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Makes the clusters. The handle is journalled before the first resource exists. */
  provision(topology: Topology, journal: Journal, signal: AbortSignal): Promise<Handle>;
  /** All that `heal` and `--reuse` need. Throws an OperatingError when what the handle names is gone. */
  attach(handle: Handle, signal: AbortSignal): Promise<void>;
  /** Deploys the workloads and waits until they are ready. */
  deploy(topology: Topology, signal: AbortSignal): Promise<void>;
  /** Pushes events from now on. Facts are published at first sight and on change. */
  observe(publish: Publish, signal: AbortSignal): Stop;
  /** Returns at once; the outcome comes later, once per action id. An id that was already carried out is not carried out again. */
  issue(action: Action, outcome: (outcome: ActionOutcome) => void): void;
  /** Reads every order from every database. Called after the quiet period. */
  audit(signal: AbortSignal): Promise<Extract<RunEventBody, { type: 'audit' }>>;
  /** Keeps what explains a run that went wrong, before it is torn down. Absent: the timeline says it all. Never throws for what cannot be had. */
  keepEvidence?(signal: AbortSignal): Promise<void>;
  /** Lets go of what this process holds of an attached platform: connections, helpers. What stands goes on. Absent: it holds nothing. */
  detach?(): Promise<void>;
  /** Removes what was made. Never throws for what is already gone. */
  teardown(signal: AbortSignal): Promise<void>;
}
