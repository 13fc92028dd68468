/** What monitoring would read of a station: CPU per pod in samples of 10 s, requests per second of the newest second. Apart because autoscalers see the platform only through such delayed means. */
import type { Ms } from '../../../base/clock.ts';
import type { PodClass } from './pod-classes.ts';

/** cAdvisor samples this often; 10 s, kubernetes/autoscaler FAQ. Longer delays every reaction to CPU. */
const sampleMs = 10_000;
const secondMs = 1000;

/** Counters of one station. */
export interface Usage {
  /** Counts one bucket: per class what it started, per workload what it served well: `doneRatio` of that, by the pods' own counters, so what was shed before them takes nothing away. `scale` stretches what the classes say to the bucket's true rate. */
  count(classes: readonly PodClass[], doneRatio: number, askedRps: number, scale: number, fromMs: Ms, toMs: Ms): void;
  cpuCores(key: string): number;
  servedRps(workload: string): number;
  askedRps(): number;
}

/** Counters at zero. */
export function createUsage(): Usage {
  const cpu = new Map<string, { coreMs: number; spanMs: number; lastCores: number; seen: boolean }>();
  const served = new Map<string, { count: number; lastRps: number }>();
  let asked = 0;
  let askedRps = 0;
  let secondSpanMs = 0;
  let sampleSpanMs = 0;
  const takeSample = () => {
    for (const [key, entry] of cpu) {
      if (!entry.seen) cpu.delete(key);
      entry.lastCores = entry.spanMs > 0 ? entry.coreMs / entry.spanMs : 0;
      entry.coreMs = 0;
      entry.spanMs = 0;
      entry.seen = false;
    }
    sampleSpanMs = 0;
  };
  const takeSecond = () => {
    for (const entry of served.values()) {
      entry.lastRps = (entry.count * 1000) / secondSpanMs;
      entry.count = 0;
    }
    askedRps = (asked * 1000) / secondSpanMs;
    asked = 0;
    secondSpanMs = 0;
  };
  return {
    count: (classes, doneRatio, demandRps, scale, fromMs, toMs) => {
      const spanMs = toMs - fromMs;
      asked += (demandRps * spanMs) / 1000;
      for (const group of classes) {
        const startedRps = (group.step?.startedRps ?? 0) * scale;
        const perPod = Math.min(startedRps / group.pods, group.cpuRps);
        let entry = cpu.get(group.key);
        if (entry === undefined) {
          entry = { coreMs: 0, spanMs: 0, lastCores: 0, seen: true };
          cpu.set(group.key, entry);
        }
        entry.coreMs += ((perPod * group.behaviour.cpuMsPerRequest) / 1000) * spanMs;
        entry.spanMs += spanMs;
        entry.seen = true;
        let output = served.get(group.workload);
        if (output === undefined) {
          output = { count: 0, lastRps: 0 };
          served.set(group.workload, output);
        }
        if (group.truth === 'serving') output.count += (startedRps * doneRatio * spanMs) / 1000;
      }
      secondSpanMs += spanMs;
      sampleSpanMs += spanMs;
      if (secondSpanMs >= secondMs) takeSecond();
      if (sampleSpanMs >= sampleMs) takeSample();
    },
    cpuCores: (key) => cpu.get(key)?.lastCores ?? 0,
    servedRps: (workload) => served.get(workload)?.lastRps ?? 0,
    askedRps: () => askedRps,
  };
}
