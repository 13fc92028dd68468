/** What a try of the API prober comes to. Pure. */
import type { Ms } from '../../../base/clock.ts';
import type { Called } from './call.ts';

/** How a try ended. `refused`: nobody took it; `error`: it was answered with no; `indeterminate`: it may or may not have been done. */
export type Outcome = 'ok' | 'refused' | 'error' | 'indeterminate';

/** A try that ended. */
export interface Ended {
  readonly outcome: Outcome;
  readonly latencyMs: Ms;
}

/** A connection that fails before the request could be sent has done nothing for certain; silence leaves it open. 504 says that etcd did not decide in time, which is no answer to whether a write was done. */
export function outcomeOf({ status, connected, timedOut }: Pick<Called, 'status' | 'connected' | 'timedOut'>): Outcome {
  if (status === undefined) return connected || timedOut ? 'indeterminate' : 'refused';
  if (status >= 200 && status < 300) return 'ok';
  return status === 504 ? 'indeterminate' : 'error';
}
