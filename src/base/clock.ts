/** Time as the platform keeps it. Apart because every driver, simulated or real, is written against this and never against the wall clock. */

/** Milliseconds, an integer. A point on the platform's clock (0 = the run's first instant) or a span, as the name says. */
export type Ms = number;

/** Takes a timer back; calling it twice, or after the timer fired, does nothing. */
export type Cancel = () => void;

/** A clock that belongs to a platform. */
export interface Clock {
  /** Platform time now, in integer milliseconds since the run began. Never goes backwards. */
  now(): Ms;
  /** Calls `callback` at `atMs`, or as soon as possible when that is past. Facts of the same instant are delivered before it. */
  at(atMs: Ms, callback: () => void): Cancel;
}
