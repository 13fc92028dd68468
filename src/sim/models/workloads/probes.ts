/** One kubelet probe of one container, without an event per period: only the probe that changes the result is scheduled. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Probe } from '../../../domain/topology.ts';
import type { Kernel } from '../../kernel.ts';

/** What the container answers now. `silent` costs the probe its time-out. */
export type ProbeAnswer = 'ok' | 'refused' | 'silent';

/** A probe of a running container. */
export interface ProbeWorker {
  /** The container answers so from now. */
  answers(answer: ProbeAnswer): void;
  /** The kubelet does not probe (it is down or frozen); counts start anew with the next answer. */
  pause(): void;
  stop(): void;
}

/** When a worker probes: at `tickerMs` and at each period after it, and once at `triggerMs`; never before `readyMs`, the end of the initial delay. */
export interface ProbeTimes {
  readonly tickerMs: Ms;
  readonly triggerMs?: Ms;
  readonly readyMs: Ms;
}

/**
 * Probes at its times. `result` starts at `initial` (undefined: either outcome is news) and
 * `settled` is told of each change: after successThreshold successes or failureThreshold failures in a row.
 */
export function createProbeWorker(
  kernel: Kernel,
  probe: Probe,
  times: ProbeTimes,
  initial: boolean | undefined,
  settled: (result: boolean) => void,
): ProbeWorker {
  const periodMs = Math.max(1, probe.periodSeconds) * 1000;
  let result = initial;
  let answer: ProbeAnswer | undefined;
  let cancel: Cancel | undefined;
  /** When the nth probe from now on starts. */
  const nth = (count: number, stepMs: Ms) => {
    const from = Math.max(kernel.now(), times.readyMs);
    const tickMs = times.tickerMs + Math.max(0, Math.ceil((from - times.tickerMs) / periodMs)) * periodMs;
    const { triggerMs } = times;
    if (triggerMs === undefined || triggerMs < from || triggerMs >= tickMs) return tickMs + (count - 1) * stepMs;
    return count === 1 ? triggerMs : tickMs + (count - 2) * stepMs;
  };
  const settle = (value: boolean) => {
    cancel = undefined;
    result = value;
    settled(value);
  };
  const plan = () => {
    cancel?.();
    cancel = undefined;
    if (answer === undefined || result === (answer === 'ok')) return;
    const good = answer === 'ok';
    const probes = Math.max(1, good ? probe.successThreshold : probe.failureThreshold);
    const waitMs = answer === 'silent' ? probe.timeoutSeconds * 1000 : 0;
    // A probe that outlasts its period delays the next one: the worker probes one after the other (pkg/kubelet/prober/worker.go).
    const stepMs = Math.max(periodMs, waitMs);
    cancel = kernel.at(nth(probes, stepMs) + waitMs, () => settle(good));
  };
  const set = (value: ProbeAnswer | undefined) => {
    if (value === answer) return;
    answer = value;
    plan();
  };
  return { answers: set, pause: () => set(undefined), stop: () => set(undefined) };
}
