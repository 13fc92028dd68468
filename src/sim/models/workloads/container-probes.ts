/** The probes of one pod's container: start-up first, then readiness and liveness, each by a ticker of its own that outlives containers (kubernetes/kubernetes pkg/kubelet/prober). */
import type { Ms } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import type { Kernel } from '../../kernel.ts';
import type { PodRecord, ProbeKind } from './pod-record.ts';
import { probeAnswer } from './pod-truth.ts';
import { createProbeWorker, type ProbeTimes } from './probes.ts';

/** What the probes decide. */
export interface ProbeTold {
  /** The kubelet's word on readiness changed. */
  readonly ready: (pod: PodRecord) => void;
  /** Liveness or start-up failed for good. */
  readonly failed: (pod: PodRecord) => void;
}

/** From this minor version on a manual run of a readiness probe moves its ticker (kubernetes/kubernetes pull 119089). */
const movedTickerMinor = 32;
/** From this minor version on a restarted kubelet leaves containers started and ready until a probe says otherwise (feature gate ChangeContainerStatusOnKubeletRestart, KEP-4781). */
const keptStatusMinor = 35;

/** Tickers begin when the kubelet takes a pod on, before its containers run; up to one period later when it has itself run for less than that (worker.go run). */
export function startTickers(random: Random, pod: PodRecord, now: Ms, kubeletSinceMs: Ms): void {
  const { template } = pod.of.spec;
  const tickers: Partial<Record<ProbeKind, Ms>> = {};
  for (const kind of ['startup', 'readiness', 'liveness'] as const) {
    const probe = template[kind];
    if (probe === undefined) continue;
    const periodMs = Math.max(1, probe.periodSeconds) * 1000;
    tickers[kind] = now + (periodMs > now - kubeletSinceMs ? random.int(0, periodMs) : 0);
  }
  pod.life.tickers = tickers;
}

/** Starts the probes of a container that the kubelet has just seen run. Without a readiness probe it is ready once started. */
export function startProbes(kernel: Kernel, pod: PodRecord, told: ProbeTold): void {
  if (pod.of.spec.template.startup === undefined) {
    goOn(kernel, pod, told);
    return;
  }
  add(kernel, pod, 'startup', { tickerMs: tickerOf(pod, 'startup') }, (passed) => {
    stopProbes(pod);
    if (passed) goOn(kernel, pod, told);
    else told.failed(pod);
  });
}

/** A restarted kubelet finds a container that runs. Up to 1.34 it knows no results any more: the container has to pass once again to be started and ready. */
export function resumeProbes(kernel: Kernel, pod: PodRecord, told: ProbeTold): void {
  const { life, of } = pod;
  const kept = of.site.kubernetes.minor >= keptStatusMinor;
  if (kept && life.started) {
    goOn(kernel, pod, told);
    return;
  }
  life.started = false;
  if (!kept && life.ready && !passedAlready(pod, kernel.now())) {
    life.ready = false;
    told.ready(pod);
  }
  startProbes(kernel, pod, told);
}

/** Nothing has to be passed, or the first probe has been before the kubelet listed its containers. */
function passedAlready(pod: PodRecord, now: Ms): boolean {
  const { startup, readiness } = pod.of.spec.template;
  if (startup !== undefined || readiness === undefined) return startup === undefined;
  return tickerOf(pod, 'readiness') <= now && probeAnswer(pod, 'readiness', now) === 'ok';
}

/** A container that has started and is not ready has its readiness probed at once (prober_manager.go UpdatePodStatus); liveness waits for its tick. */
function goOn(kernel: Kernel, pod: PodRecord, told: ProbeTold): void {
  const { readiness, liveness } = pod.of.spec.template;
  const setReady = (ready: boolean) => {
    pod.life.ready = ready;
    told.ready(pod);
  };
  pod.life.started = true;
  if (liveness !== undefined)
    add(kernel, pod, 'liveness', { tickerMs: tickerOf(pod, 'liveness') }, (alive) => {
      if (!alive) told.failed(pod);
    });
  if (readiness !== undefined) add(kernel, pod, 'readiness', readinessTimes(pod, kernel.now()), setReady);
  else if (!pod.life.ready) setReady(true);
}

function readinessTimes(pod: PodRecord, now: Ms): Omit<ProbeTimes, 'readyMs'> {
  const tickerMs = tickerOf(pod, 'readiness');
  if (pod.life.ready) return { tickerMs };
  const triggerMs = Math.max(now, tickerMs);
  return pod.of.site.kubernetes.minor >= movedTickerMinor ? { tickerMs: triggerMs } : { tickerMs, triggerMs };
}

function tickerOf(pod: PodRecord, kind: ProbeKind): Ms {
  return pod.life.tickers?.[kind] ?? 0;
}

function add(
  kernel: Kernel,
  pod: PodRecord,
  kind: ProbeKind,
  times: Omit<ProbeTimes, 'readyMs'>,
  settled: (result: boolean) => void,
): void {
  const probe = pod.of.spec.template[kind]!;
  const readyMs = (pod.life.processMs ?? kernel.now()) + probe.initialDelaySeconds * 1000;
  const initial = { startup: undefined, readiness: pod.life.ready, liveness: true }[kind];
  const worker = createProbeWorker(kernel, probe, { ...times, readyMs }, initial, settled);
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
