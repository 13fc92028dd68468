/** The probes of one running container: start-up first, then readiness and liveness, each with its own phase. */
import type { Ms } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Kernel } from '../kernel.ts';
import type { PodRecord } from './pod-record.ts';
import { probeAnswer } from './pod-truth.ts';
import { createProbeWorker } from './probes.ts';

/** What the probes decide. */
export interface ProbeTold {
  /** The kubelet's word on readiness changed. */
  readonly ready: (pod: PodRecord) => void;
  /** Liveness or start-up failed for good. */
  readonly failed: (pod: PodRecord) => void;
}

/** Starts the probes of a container that the kubelet has just seen run. Without a readiness probe it is ready once started. */
export function startProbes(kernel: Kernel, random: Random, pod: PodRecord, told: ProbeTold): void {
  const { startup } = pod.of.spec.template;
  if (startup === undefined) {
    goOn(kernel, random, pod, told);
    return;
  }
  add(kernel, pod, 'startup', kernel.now() + random.int(0, startup.periodSeconds * 1000), (passed) => {
    stopProbes(pod);
    if (passed) goOn(kernel, random, pod, told);
    else told.failed(pod);
  });
}

/** The first readiness probe comes as soon as the container has started (pkg/kubelet/prober: the worker is triggered then); the phase of liveness is any. */
function goOn(kernel: Kernel, random: Random, pod: PodRecord, told: ProbeTold): void {
  const { readiness, liveness } = pod.of.spec.template;
  const setReady = (ready: boolean) => {
    pod.life.ready = ready;
    told.ready(pod);
  };
  pod.life.started = true;
  if (liveness !== undefined)
    add(kernel, pod, 'liveness', kernel.now() + random.int(0, liveness.periodSeconds * 1000), (alive) => {
      if (!alive) told.failed(pod);
    });
  if (readiness !== undefined) add(kernel, pod, 'readiness', kernel.now(), setReady);
  else setReady(true);
}

function add(
  kernel: Kernel,
  pod: PodRecord,
  kind: PodRecord['life']['probes'][number]['kind'],
  firstMs: Ms,
  settled: (result: boolean) => void,
): void {
  const probe = pod.of.spec.template[kind]!;
  const readyMs = (pod.life.processMs ?? kernel.now()) + probe.initialDelaySeconds * 1000;
  const initial = kind === 'startup' ? undefined : kind === 'liveness';
  const worker = createProbeWorker(kernel, probe, { firstMs, readyMs }, initial, settled);
  pod.life.probes.push({ kind, worker });
  worker.answers(probeAnswer(pod, kind, kernel.now()));
}

/** Tells every probe what the container answers now; `probing`: its kubelet works. */
export function refreshProbes(pod: PodRecord, probing: boolean, now: Ms): void {
  for (const { kind, worker } of pod.life.probes) {
    if (probing) worker.answers(probeAnswer(pod, kind, now));
    else worker.pause();
  }
}

/** Ends liveness and start-up probes of a container that is being stopped; readiness is asked until it is gone (pkg/kubelet/prober StopLivenessAndStartup, onHold). */
export function stopLiveness(pod: PodRecord): void {
  for (const { kind, worker } of pod.life.probes) if (kind !== 'readiness') worker.stop();
}

/** Ends all probes; readiness keeps its word. */
export function stopProbes(pod: PodRecord): void {
  for (const { worker } of pod.life.probes) worker.stop();
  pod.life.probes.length = 0;
}
