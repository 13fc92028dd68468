/** When a stream that lost its peer flows again. Apart because it is pure and its three constants decide how long convergence takes after a short cut. */
import type { Ms } from '../../../base/clock.ts';

/** A silent connection is given up after this. 60 s; PostgreSQL wal_sender_timeout and wal_receiver_timeout. Longer delays the return after long cuts. */
export const silenceMsMax = 60_000;
/** Time between two tries to connect. 5 s; PostgreSQL wal_retrieve_retry_interval. Longer delays the return. */
export const retryMs = 5_000;
/** First retransmission of a TCP segment without an answer; doubles each time. 200 ms; Linux TCP_RTO_MIN. Longer delays the return after short cuts. */
export const firstRetransmitMs = 200;

/** `silent`: packets vanish; `hung`: they arrive, but nobody reads them; `closed`: the peer is gone and its machine says so. */
export type Loss = 'silent' | 'hung' | 'closed';

/**
 * The first moment from `backMs` on at which data flows, for a peer lost at `lostMs`. Silent and short: the next TCP retransmission (sent 0.2, 0.6, 1.4, 3, … s
 * after the loss). Hung and short: at once, for the kernel has kept the connection and opens its window. Either for longer than {@link silenceMsMax}, or closed: the next try to connect.
 */
export function resumeMs(loss: Loss, lostMs: Ms, backMs: Ms): Ms {
  const triesFrom = loss === 'closed' ? lostMs : lostMs + silenceMsMax;
  const nextTry = triesFrom + Math.max(0, Math.ceil((backMs - triesFrom) / retryMs)) * retryMs;
  if (loss === 'closed' || backMs >= triesFrom) return Math.max(backMs, nextTry);
  if (loss === 'hung') return backMs;
  let retransmit = lostMs;
  for (let wait = firstRetransmitMs; retransmit < backMs; wait *= 2) retransmit += wait;
  return Math.min(retransmit, nextTry);
}
