/** What ties two sites: the link, the data that flows over it, and what brings customers to either. Apart from the sites, which know nothing of each other. */

/** What lies between two sites. */
export interface Link {
  /** One way. */
  readonly delayMs: number;
  readonly bandwidthMbps: number;
}

/** Data that flows between databases of two sites. Every name is `site/workload`. */
export type Replication =
  /** Real time, both ways when `between`. */
  | {
      readonly name: string;
      readonly mode: 'stream';
      readonly from: string;
      readonly to: string;
      readonly bothWays: boolean;
      /** `origin = none`: changes that came by replication are not sent on. False makes a loop possible. */
      readonly originFilter: boolean;
      /** Rows have a key: one that comes back to where it was stops the stream (PostgreSQL: insert_exists). Without it is inserted again. Absent: they have. */
      readonly uniqueKey?: boolean;
      /** A commit waits for the other side. */
      readonly synchronous: boolean;
    }
  /** On a schedule, whole increments. */
  | {
      readonly name: string;
      readonly mode: 'batch';
      readonly from: string;
      readonly to: string;
      /** A cron expression with 5 fields. */
      readonly schedule: string;
      /** The same as a period where it is one. */
      readonly periodMs: number;
    };

/** What brings customers to a site. */
export interface GlobalLoadBalancer {
  readonly mode: 'proxy' | 'dns';
  readonly check: {
    readonly path: string;
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly fall: number;
    readonly rise: number;
  };
  /** Share of new customers per site, any scale; a site that is not named gets 0. */
  readonly weights: Readonly<Record<string, number>>;
  /** Mode `dns` only. */
  readonly dns?: {
    readonly ttlSeconds: number;
    /** Shares of clients (sum 1) that honour the TTL, clamp it up to `clampSeconds`, or ignore it for the whole run. */
    readonly honourRatio: number;
    readonly clampRatio: number;
    readonly ignoreRatio: number;
    readonly clampSeconds: number;
  };
}
