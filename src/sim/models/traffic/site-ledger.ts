/** The books of one site: whole requests per channel from being asked to their end. Apart because here, and only here, fluid shares become integers, so that asked = ok + failed + indeterminate + change of in flight holds exactly. */
import type { Ms } from '../../../base/clock.ts';
import { type FailureReason, failureReasons, type Traffic } from '../../../domain/event.ts';
import { createSplit } from './integer-split.ts';
import { latencySlots } from './latency.ts';
import { createPending, kinds } from './pending.ts';
import type { FlowStep } from './site-flow.ts';

/** What ended in a bucket, summed over the channels. */
export interface Ended {
  ok: number;
  /** Timed out, and done later all the same. */
  late: number;
  /** Lost with the pod or the path that worked on them. */
  reset: number;
}

/** The books. */
export interface SiteLedger {
  /** Books one bucket. `admitted` and `limited`: whole requests per channel. `commits`: whether orders can be committed at its end; without, what would have ended ok ends as an error. */
  book(bucket: {
    readonly fromMs: Ms;
    readonly toMs: Ms;
    readonly admitted: readonly number[];
    readonly limited: readonly number[];
    readonly step: FlowStep;
    readonly timeoutMs: number;
    readonly commits: boolean;
  }): { readonly traffic: readonly Traffic[]; readonly ended: Ended };
  inFlight(): number;
}

/** Empty books for the channels of one service at `site`. */
export function createSiteLedger(service: string, site: string, channels: readonly string[]): SiteLedger {
  const pending = createPending();
  const inFlight = channels.map(() => 0);
  const left = channels.map(() => 0);
  const splits = kinds.map(() => createSplit(channels.length));
  const slots = channels.map(() => createSplit(latencySlots.mass.length));
  const retried = channels.map(() => 0);
  const ends = channels.map(() => new Float64Array(kinds.length));
  const total = () => inFlight.reduce((a, b) => a + b, 0);
  return {
    inFlight: total,
    book: ({ fromMs, toMs, admitted, limited, step, timeoutMs, commits }) => {
      if (step.resetRatio > 0) pending.reset(step.resetRatio);
      let arrived = 0;
      for (let c = 0; c < channels.length; c++) {
        left[c] = inFlight[c]! + admitted[c]!;
        arrived += admitted[c]!;
      }
      if (arrived > 0) pending.add(arrived, step, fromMs, toMs, timeoutMs);
      const due = pending.take(
        toMs,
        left.reduce((a, b) => a + b, 0),
      );
      if (!commits) {
        due.counts[failureReasons.indexOf('error') + 1]! += due.counts[0]!;
        due.counts[0] = 0;
      }
      for (const end of ends) end.fill(0);
      for (let k = 0; k < kinds.length; k++) {
        if (due.counts[k] === 0) continue;
        const parts = splits[k]!(due.counts[k]!, left, left);
        for (let c = 0; c < channels.length; c++) {
          ends[c]![k] = parts[c]!;
          left[c] = left[c]! - parts[c]!;
        }
      }
      const traffic: Traffic[] = [];
      for (let c = 0; c < channels.length; c++) {
        const before = inFlight[c]!;
        inFlight[c] = left[c]!;
        const asked = admitted[c]! + limited[c]!;
        if (asked === 0 && before === 0) continue;
        const end = ends[c]!;
        retried[c] = retried[c]! + admitted[c]! * step.retries;
        const retries = Math.floor(retried[c]!);
        retried[c] = retried[c]! - retries;
        const event: Traffic = {
          type: 'traffic',
          service,
          site,
          channel: channels[c]!,
          fromMs,
          toMs,
          asked,
          ok: end[0]!,
          failed: failures(end, limited[c]!),
          indeterminate: end[7]! + end[8]! + end[9]!,
          inFlight: left[c]!,
          latency: latencyOf(slots[c]!, end[0]!, due.values),
        };
        traffic.push(retries > 0 ? { ...event, retries } : event);
      }
      return { traffic, ended: { ok: due.counts[0]!, late: due.counts[7]!, reset: due.counts[9]! } };
    },
  };
}

const noFailures: Traffic['failed'] = Object.freeze({});

function failures(end: Float64Array, limited: number): Traffic['failed'] {
  let any = limited;
  for (let r = 1; r <= failureReasons.length; r++) any += end[r]!;
  if (any === 0) return noFailures;
  const failed: Partial<Record<FailureReason, number>> = {};
  for (let r = 0; r < failureReasons.length; r++) {
    const count = end[r + 1]! + (failureReasons[r] === 'limited' ? limited : 0);
    if (count > 0) failed[failureReasons[r]!] = count;
  }
  return failed;
}

/** Pairs of (ms, count); ms rounded to a tenth. */
function latencyOf(
  split: ReturnType<typeof createSplit>,
  ok: number,
  values: ArrayLike<number>,
): readonly (readonly [number, number])[] {
  if (ok === 0) return [];
  const counts = split(ok, latencySlots.mass);
  const out: [number, number][] = [];
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    const ms = Math.round(values[i]! * 10) / 10;
    const last = out.at(-1);
    if (last !== undefined && last[0] >= ms) last[1] += counts[i]!;
    else out.push([ms, counts[i]!]);
  }
  return out;
}
