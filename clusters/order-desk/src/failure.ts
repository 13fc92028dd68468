/** How a request that did not succeed is answered. Apart because load drivers tell definite failures from open ones by it: a definite one names its reason in a header, an open one (it may have been done) is a 504 without. */
import type { Context } from 'hono';

/** Reasons, as timelines name them. */
export type Reason = 'refused' | 'error' | 'limited' | 'shed' | 'broken';

/** Header that names the reason of a definite failure. */
export const failedHeader = 'x-failed';

const statuses = { refused: 502, error: 500, limited: 429, shed: 503, broken: 503 } as const satisfies Record<
  Reason,
  number
>;

/** The answer to a request that was surely not done. */
export function answerFailed(context: Context, reason: Reason): Response {
  return context.json({ failed: reason }, statuses[reason], { [failedHeader]: reason });
}

/** The answer to a request that may have been done. */
export function answerOpen(context: Context): Response {
  return context.json({ failed: 'unknown' }, 504);
}
