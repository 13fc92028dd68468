/** What verbs need of the pieces between and in front of the sites: the link proxy, the global load balancer, replication and databases. Apart so that verbs and those pieces can be written, and changed, without each other. */

/** One direction of the link as its proxy tells it, and as it is when nothing was done to it. */
export interface LinkState {
  /** Added to every byte that `from` sends to `to`, ms. */
  readonly delayMs: number;
  /** The topology's own delay, ms. */
  readonly delayMsWhole: number;
}

/** A replication as its databases tell it. */
export interface ReplicationState {
  /** Every apply worker of it is enabled (mode `stream`), or its schedule is not suspended (mode `batch`). */
  readonly applying: boolean;
  /** Completed runs of a batch so far; 0 for a stream. Only rises. */
  readonly batches: number;
}

/**
 * Acts on what lies between the sites, and reads it. Rules for every act:
 * it returns when the order is given, not when the effect is visible (state is read apart, as proof); it is idempotent;
 * what undoes it works from a fresh process (what was there before ours is kept on the thing itself: an annotation, a table, the proxy), and does nothing where no mark of ours is.
 * Everything ends within 10 s by itself or throws an OperatingError; reads throw when nothing answers.
 */
export interface BetweenVerbs {
  /** Adds `delayMs` to the topology's own delay in one direction: what `from` sends to `to`. A second call replaces the first. */
  slowLink(from: string, to: string, how: { readonly delayMs: number }): Promise<void>;
  /** Sets that direction back to the topology's own delay. */
  restoreLink(from: string, to: string): Promise<void>;
  /** Read from the proxy, never from memory. */
  linkState(from: string, to: string): Promise<LinkState>;

  /** Share of new customers per site, any scale; a site that is not named gets 0. */
  setWeights(weights: Readonly<Record<string, number>>): Promise<void>;
  /** Back to what they were before the first {@link setWeights}. */
  restoreWeights(): Promise<void>;
  /** As the load balancer itself applies them now; shares that sum to 1, every site named. */
  weights(): Promise<Readonly<Record<string, number>>>;
  /** Weights differ from those before the first {@link setWeights}: a mark of ours stands. */
  weightsShifted(): Promise<boolean>;

  /** Makes a standby take writes: ends its subscriptions or its recovery, and moves sequences on. One that takes writes already is left alone. */
  promote(site: string, workload: string): Promise<void>;
  /** It is no standby any more. */
  isPrimary(site: string, workload: string): Promise<boolean>;
  /** Makes a database refuse writes of applications; replication and audit go on. */
  fence(site: string, workload: string): Promise<void>;
  unfence(site: string, workload: string): Promise<void>;
  /** Tries to write a row as an application does and takes it back: false when the database refuses it. */
  isWritable(site: string, workload: string): Promise<boolean>;

  /** The replication applies nothing until resumed; the source keeps what it must send. */
  stallReplication(name: string): Promise<void>;
  resumeReplication(name: string): Promise<void>;
  /** Starts a run of a batch now. Throws for a stream. */
  syncReplication(name: string): Promise<void>;
  replicationState(name: string): Promise<ReplicationState>;
}
