/** Numbers of orders: a function of run, phase of the load, channel and iteration, so that no two requests ever share one and every order found later says where it came from. */

/** Whose orders they are. */
export interface OrderBlock {
  readonly runId: string;
  /** Warm-up and profile are two processes that count for themselves. */
  readonly phase: 'warm-up' | 'profile';
  /** Place of the channel in the plan, 0 to 99. */
  readonly channel: number;
}

/** Orders of one channel in one phase; at 10,000 a second they last for three hours. */
const channelSpan = 100_000_000;
const phaseSpan = 100 * channelSpan;
const runSpan = 10 * phaseSpan;

/** The first order of a block; the iteration (from 0) is added. Decimal digits: 4 of the run, 1 of the phase, 2 of the channel, 8 of the iteration: below 2^53, for a `bigint` column. */
export function firstOrder({ runId, phase, channel }: OrderBlock): number {
  return runDigits(runId) * runSpan + (phase === 'warm-up' ? 1 : 2) * phaseSpan + channel * channelSpan;
}

/** Whether an order is one of this run. */
export function isOrderOf(runId: string, order: number): boolean {
  return Math.floor(order / runSpan) === runDigits(runId);
}

/** The phase in which an order was asked. */
export function phaseOf(order: number): OrderBlock['phase'] {
  return Math.floor(order / phaseSpan) % 10 === 1 ? 'warm-up' : 'profile';
}

/** 1000 to 9999 by the run's name: a kept pair may still hold the orders of the run before. 32-bit FNV-1a. */
function runDigits(runId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < runId.length; i++) hash = Math.imul(hash ^ runId.charCodeAt(i), 0x01000193);
  return 1_000 + ((hash >>> 0) % 9_000);
}
