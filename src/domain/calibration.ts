/** What one machine's own speed adds to a recovery, measured. Apart from the simulator's constants because it differs from host to host, and from the record because files carry it between runs. */

/** Median and 95th percentile, ms. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
}

/** Times that hang on the machine and not on Kubernetes, ms. What was not measured is absent and stays at the simulator's own figure. */
export interface HostTerms {
  /** A container of an image that is present, from the order until its process runs. */
  readonly containerStart?: Spread;
  /** 4 KiB written and made durable where containers keep their data. */
  readonly fsync?: { readonly p50: number; readonly p99: number };
  /** A pod whose image is present, from its binding to a node until its container runs: sandbox, network and container. */
  readonly podStart?: Spread;
}

/** A file of `doctor --calibrate`. */
export interface Calibration {
  readonly format: 'elevenproof-calibration/1';
  /** Wall clock, ISO 8601. */
  readonly measuredAt: string;
  readonly host: { readonly os: string; readonly cpus: number; readonly memoryMiB: number };
  readonly hostTermsMs: HostTerms;
}

/** As a run uses it and the record names it. */
export interface UsedCalibration {
  /** SHA-256 of the file's bytes. */
  readonly sha256: string;
  readonly hostTermsMs: HostTerms;
}
