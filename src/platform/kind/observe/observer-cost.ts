/** What observing costs and how well it keeps time: CPU of this process, delay of its event loop, error of its clock. Apart because a record must say how much its observer may have disturbed what it saw. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Ms } from '../../../base/clock.ts';
import type { Stop } from '../../../domain/event.ts';
import type { WallClock } from '../wall-clock.ts';
import { every } from './every.ts';

/** Figures since observation began. CPU is the whole process's: the observer does not run alone in it. */
export interface ObserverCost {
  readonly cpuSeconds: number;
  /** Mean cores over the time observed. */
  readonly cpuCores: number;
  readonly loopDelayMsP99: number;
  readonly loopDelayMsMax: number;
  /** How far the host's wall clock has moved against the run's own since the run began, ms: stamps of other processes are off by so much. The largest seen. */
  readonly clockErrorMsMax: number;
  /** Period of polls and probes, ms: nothing polled is known more finely. */
  readonly resolutionMs: Ms;
}

/** Delay that is no gap yet, ms. */
const lateMsMax = 1_000;
const tickMs = 250;

/** Measures from now on. `onLate`: this process did nothing for longer than a second, and saw nothing. */
export function measureCost(
  clock: WallClock,
  onLate: (fromMs: Ms, toMs: Ms) => void,
): { readonly cost: () => ObserverCost; readonly stop: Stop } {
  const cpu = process.cpuUsage();
  const startedMs = clock.now();
  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  let lastMs = startedMs;
  let errorMs = 0;
  const stopTicks = every(clock, tickMs, 0, () => {
    const nowMs = clock.now();
    if (nowMs - lastMs > lateMsMax + tickMs) onLate(lastMs, nowMs);
    lastMs = nowMs;
    errorMs = Math.max(errorMs, Math.abs(Date.now() - clock.epochMs - nowMs));
  });
  return {
    cost: () => {
      const { user, system } = process.cpuUsage(cpu);
      const cpuSeconds = (user + system) / 1e6;
      const seconds = Math.max(0.001, (clock.now() - startedMs) / 1000);
      return {
        cpuSeconds: Math.round(cpuSeconds * 100) / 100,
        cpuCores: Math.round((cpuSeconds / seconds) * 1000) / 1000,
        loopDelayMsP99: Math.round(loop.percentile(99) / 1e6),
        loopDelayMsMax: Math.round(loop.max / 1e6),
        clockErrorMsMax: errorMs,
        resolutionMs: 100,
      };
    },
    stop: () => {
      stopTicks();
      loop.disable();
    },
  };
}
