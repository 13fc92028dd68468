/** Holds retries down to a share of first tries. Apart because it is arithmetic. */

/** A budget. */
export interface RetryBudget {
  /** A first try was made. */
  earn(): void;
  /** Whether one retry may be made; takes it. */
  spend(): boolean;
}

/** Retries that may be saved up. */
const savedMax = 10;

/** A budget of `ratio` retries per first try; without a ratio every retry may be made. */
export function createRetryBudget(ratio: number | undefined): RetryBudget {
  let saved = 1;
  return {
    earn: () => {
      saved = Math.min(savedMax, saved + (ratio ?? 0));
    },
    spend: () => {
      if (ratio === undefined) return true;
      if (saved < 1) return false;
      saved--;
      return true;
    },
  };
}
