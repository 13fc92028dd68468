/** A scheduled batch: at each start everything the target lacks, arriving as a whole or not at all. Apart from streams because it knows sets, not positions. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Cron } from '../../../base/cron.ts';
import type { Kernel } from '../../kernel.ts';
import { countOrders, type SiteRanges } from './site-orders.ts';

/** From the schedule to the first row on the line: pod start, connections, reading. 3 s; assumed. Longer leaves the target behind for longer. */
export const batchStartMs = 3_000;

/** What a batch asks of its surroundings. */
export interface BatchPort {
  /** Calls when the site's CronJob controller makes the Job that is due: now, or once one acts again. */
  whenScheduled(act: () => void): void;
  /** What the target lacks now. */
  missing(): SiteRanges;
  /** Both ends answer, nothing is cut, nobody stalls it. */
  passes(): boolean;
  delayMs(): number;
  msPerOrder(): number;
  /** The whole increment arrives. */
  deliver(orders: SiteRanges): void;
  changed(): void;
}

/** A batch. */
export interface Batch {
  /** Starts a run now; a run that is under way goes on instead. */
  start(): void;
  /** The path may have been lost: a run under way fails. */
  check(): void;
  completed(): number;
  /** The newest run failed. */
  failed(): boolean;
  /** Everything there at the newest start has arrived. */
  caughtUp(): boolean;
  /** Start of the newest run that has ended, well or not: what was committed before should have arrived. 0 before the first. */
  dueMs(): Ms;
}

/** A batch that runs on its schedule from now on; without one only when told. */
export function createBatch(kernel: Kernel, cron: Cron | undefined, port: BatchPort): Batch {
  let completed = 0;
  let failed = false;
  let waiting = false;
  let missed = false;
  let running: Cancel | undefined;
  let startedMs = 0;
  let dueMs = 0;
  const fail = () => {
    running?.();
    running = undefined;
    dueMs = startedMs;
    failed = true;
    port.changed();
    makeUp();
  };
  const finish = (orders: SiteRanges) => {
    running = undefined;
    dueMs = startedMs;
    failed = false;
    completed++;
    port.deliver(orders);
    port.changed();
    makeUp();
  };
  const start = () => {
    if (running !== undefined) return;
    startedMs = kernel.now();
    if (!port.passes()) return fail();
    const orders = port.missing();
    const tookMs: Ms = batchStartMs + 2 * port.delayMs() + countOrders(orders) * port.msPerOrder();
    running = kernel.after(Math.ceil(tookMs), () => finish(orders));
    port.changed();
  };
  /** Of several runs that were missed only one is made up for (pkg/controller/cronjob, no startingDeadlineSeconds). */
  const due = () => {
    if (waiting) return;
    waiting = true;
    port.whenScheduled(() => {
      waiting = false;
      if (running === undefined) start();
      else missed = true;
    });
  };
  /** concurrencyPolicy Forbid: a run that came due during another begins once that has ended (pkg/controller/cronjob: its time is still the newest one not met). */
  const makeUp = () => {
    if (!missed) return;
    missed = false;
    due();
  };
  const schedule = (nextMs: Ms) => {
    if (cron === undefined || nextMs === Number.POSITIVE_INFINITY) return;
    kernel.at(nextMs, () => {
      due();
      schedule(cron.nextAfter(kernel.now()));
    });
  };
  if (cron !== undefined) schedule(cron.nextAfter(kernel.now()));
  return {
    start,
    check: () => {
      if (running !== undefined && !port.passes()) fail();
    },
    completed: () => completed,
    failed: () => failed,
    dueMs: () => dueMs,
    caughtUp: () => running === undefined && !failed,
  };
}
