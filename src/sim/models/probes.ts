/** One kubelet probe of one container, without an event per period: only the probe that changes the result is scheduled. */
import type { Cancel, Ms } from '../../base/clock.ts';
import type { Probe } from '../../domain/topology.ts';
import type { Kernel } from '../kernel.ts';

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

/**
 * Probes at `firstMs`, `firstMs + period`, ... (not before `readyMs`, the end of the initial delay). `result` starts at `initial` (undefined: either outcome is news) and
 * `settled` is told of each change: after successThreshold successes or failureThreshold failures in a row.
 */
export function createProbeWorker(
  kernel: Kernel,
  probe: Probe,
  times: { readonly firstMs: Ms; readonly readyMs: Ms },
  initial: boolean | undefined,
  settled: (result: boolean) => void,
): ProbeWorker {
  const periodMs = Math.max(1, probe.periodSeconds) * 1000;
  let result = initial;
  let answer: ProbeAnswer | undefined;
  let cancel: Cancel | undefined;
  const next = () => {
    const from = Math.max(kernel.now(), times.readyMs);
    return times.firstMs + Math.max(0, Math.ceil((from - times.firstMs) / periodMs)) * periodMs;
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
    cancel = kernel.at(next() + (probes - 1) * stepMs + waitMs, () => settle(good));
  };
  const set = (value: ProbeAnswer | undefined) => {
    if (value === answer) return;
    answer = value;
    plan();
  };
  return { answers: set, pause: () => set(undefined), stop: () => set(undefined) };
}
