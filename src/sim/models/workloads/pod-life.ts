/** A pod's life on its node, the kubelet's side: seen, pulled, created, probed, killed, restarted, stopped. A state machine that is pushed on by `advance` and never polls. */
import type { Ms } from '../../../base/clock.ts';
import type { HostTimes } from '../../host-times.ts';
import type { Kernel } from '../../kernel.ts';
import type { ControlPlane, Machines, Network, NodeName } from '../../model.ts';
import { createBackOff } from '../machines/back-off.ts';
import {
  type ProbeTold,
  refreshProbes,
  resumeProbes,
  startProbes,
  startTickers,
  stopLiveness,
  stopProbes,
} from './container-probes.ts';
import { graceOf } from './grace.ts';
import { createImages } from './images.ts';
import { createKubelets, type Kubelets } from './kubelets.ts';
import { cleanUpMs, crashAfterMs, gracefulExitMs, relistMs, watchDelayMs } from './pod-constants.ts';
import type { PodRecord } from './pod-record.ts';
import type { PodStore } from './pod-store.ts';
import { truthOf } from './pod-truth.ts';

/** What can be done to pods on their nodes. */
export interface PodLives {
  readonly kubelets: Kubelets;
  /** The main process is gone. */
  kill(pod: PodRecord): void;
  hang(pod: PodRecord, on: boolean): void;
  hold(pod: PodRecord, on: boolean): void;
  /** The API's word differs from the kubelet's: it will be set right. */
  correct(pod: PodRecord): void;
}

/** Lives of all pods of the store. */
export function createPodLives(
  kernel: Kernel,
  deps: { readonly machines: Machines; readonly network: Network; readonly controlPlane: ControlPlane },
  siteOf: ReadonlyMap<NodeName, string>,
  store: PodStore,
  host: HostTimes,
): PodLives {
  const random = kernel.random('pod-lives');
  const images = createImages(kernel);
  const kubelets = createKubelets(deps, siteOf, (node) => resync(node));

  const refresh = (pod: PodRecord) => {
    const power = pod.node === undefined ? undefined : kubelets.power(pod.node);
    const truth = truthOf(pod, power, kernel.now());
    if (truth !== pod.truth && !pod.gone) store.update(pod, { truth });
    if (pod.node !== undefined) refreshProbes(pod, kubelets.active(pod.node), kernel.now());
  };
  const stopTimer = ({ life }: PodRecord) => {
    life.timer?.();
    life.timer = undefined;
    life.overdue = undefined;
  };
  /** The next step of the container; one at a time. A step of the kubelet waits for a kubelet that works, one of the process for a machine that is on. */
  const later = (pod: PodRecord, delayMs: Ms, act: () => void, by: 'kubelet' | 'process' = 'kubelet') => {
    stopTimer(pod);
    pod.life.timer = kernel.after(delayMs, () => {
      pod.life.timer = undefined;
      if (pod.gone) return;
      const able = by === 'kubelet' ? kubelets.active(pod.node!) : kubelets.power(pod.node!) === 'on';
      if (able) act();
      else pod.life.overdue = act;
    });
  };
  const publish = (pod: PodRecord) => {
    const { life } = pod;
    if (pod.gone || pod.node === undefined) return;
    life.unpublished = !kubelets.hears(pod.node);
    if (life.unpublished) return kubelets.waits(pod.node);
    const phase = pod.starts > 0 ? 'Running' : pod.phase;
    const restarts = Math.max(0, pod.starts - 1);
    const startedMs = life.noticed ? life.processMs : pod.startedMs;
    if (phase !== pod.phase || life.ready !== pod.ready || restarts !== pod.restarts || startedMs !== pod.startedMs)
      store.update(pod, { phase, ready: life.ready, restarts, ...(startedMs === undefined ? {} : { startedMs }) });
  };

  /** A container that the kubelet has seen run and does not stop; no step of its own is due. */
  const runs = ({ life }: PodRecord) => life.noticed && life.stopping === 'no';
  /** The kubelet makes the workers of a pod's probes; of a container that already runs it knows after its first list. */
  const takeOn = (pod: PodRecord) => {
    startTickers(random, pod, kernel.now(), kubelets.sinceMs(pod.node!));
    if (runs(pod)) later(pod, random.int(0, relistMs), () => resumeProbes(kernel, pod, told));
  };

  // ---- up
  const prepare = (pod: PodRecord) => {
    const { life } = pod;
    life.stage = 'waiting';
    pod.acceptedMs ??= kernel.now();
    if (life.tickers === undefined) takeOn(pod);
    if (life.held || !kubelets.canStart(pod.node!)) return;
    const wait = images.pullMs(pod.node!, pod.release.image, pod.of.spec.behaviour.imagePullMs);
    if (wait === 0) return create(pod, host.podStartMs);
    life.stage = 'pulling';
    later(pod, wait, () => (kubelets.canStart(pod.node!) ? create(pod, host.podStartMs) : prepare(pod)));
  };
  const create = (pod: PodRecord, { p50, p95 }: { readonly p50: number; readonly p95: number }) => {
    images.keep(pod.node!, pod.release.image);
    pod.life.stage = 'creating';
    later(pod, Math.round(random.logNormal(p50, p95)), () => {
      if (pod.life.held || !kubelets.canStart(pod.node!)) prepare(pod);
      else start(pod);
    });
  };
  const start = (pod: PodRecord) => {
    const { life } = pod;
    const now = kernel.now();
    life.stage = 'running';
    life.processMs = now;
    life.hung = false;
    pod.starts++;
    life.servesFromMs = now + pod.of.spec.behaviour.startupMs;
    life.servesTimer = kernel.at(life.servesFromMs, () => refresh(pod));
    refresh(pod);
    if (pod.release.quality === 'crash') later(pod, crashAfterMs, () => exited(pod), 'process');
    else later(pod, random.int(0, relistMs), () => noticeStart(pod));
  };
  const noticeStart = (pod: PodRecord) => {
    if (pod.life.tickers === undefined) takeOn(pod);
    pod.life.noticed = true;
    startProbes(kernel, pod, told);
    publish(pod);
  };

  // ---- down
  /** The process ends now, whoever ended it. */
  const endProcess = (pod: PodRecord) => {
    const { life } = pod;
    life.servesTimer?.();
    stopTimer(pod);
    stopProbes(pod);
    life.processMs = undefined;
    life.hung = false;
    life.noticed = false;
    life.started = false;
    refresh(pod);
  };
  const exited = (pod: PodRecord) => {
    endProcess(pod);
    if (pod.life.ending && pod.deletedMs !== undefined) return finish(pod);
    pod.life.stage = 'exited';
    later(pod, random.int(0, relistMs), () => noticeExit(pod));
  };
  const noticeExit = (pod: PodRecord) => {
    const { life } = pod;
    life.ready = false;
    life.stopping = 'no';
    life.ending = false;
    publish(pod);
    life.stage = 'backing-off';
    later(pod, life.backOff.next(kernel.now()), () => startAgain(pod));
  };
  const startAgain = (pod: PodRecord) => {
    if (pod.life.held || !kubelets.canStart(pod.node!)) prepare(pod);
    else create(pod, host.containerStartMs);
  };
  /** Back-offs and probes live in the kubelet's memory: a new kubelet starts dead containers at once, and probes anew. */
  const forget = (pod: PodRecord) => {
    pod.life.backOff = createBackOff();
    pod.life.tickers = undefined;
    if (runs(pod)) {
      stopTimer(pod);
      stopProbes(pod);
    }
    if (pod.life.stage === 'backing-off') later(pod, random.int(0, relistMs), () => startAgain(pod));
  };
  /** preStop, SIGTERM, SIGKILL: the way out of a container that its kubelet stops. */
  const shutDown = (pod: PodRecord) => {
    const { preStopMs, killAfterMs } = graceOf(pod);
    const killMs = kernel.now() + killAfterMs;
    pod.life.stopping = 'pre-stop';
    const end = () => {
      endProcess(pod);
      if (pod.life.ending && pod.deletedMs !== undefined) finish(pod);
      else noticeExit(pod);
    };
    const term = () => {
      pod.life.stopping = 'terminating';
      refresh(pod);
      const exitMs = pod.life.hung ? killMs : Math.min(killMs, kernel.now() + gracefulExitMs);
      later(pod, Math.max(0, exitMs - kernel.now()), end, pod.life.hung ? 'kubelet' : 'process');
    };
    if (preStopMs === 0) term();
    else later(pod, preStopMs, term);
  };
  const told: ProbeTold = {
    ready: publish,
    failed: (pod) => {
      stopLiveness(pod);
      shutDown(pod);
    },
  };
  const stop = (pod: PodRecord) => {
    const { life } = pod;
    const stopping = life.stopping !== 'no';
    life.ending = true;
    if (life.processMs === undefined) return finish(pod);
    stopLiveness(pod);
    if (!stopping) shutDown(pod);
  };
  const finish = (pod: PodRecord) => {
    pod.life.stage = 'stopped';
    later(pod, random.int(cleanUpMs.min, cleanUpMs.max), () => leave(pod));
  };
  const leave = (pod: PodRecord) => {
    if (pod.deletedMs === undefined) {
      lose(pod); // the deletion was forgotten meanwhile: begin anew
      advance(pod);
    } else if (kubelets.hears(pod.node!)) store.remove(pod);
    else kubelets.waits(pod.node!);
  };
  /** The machine lost its power: everything in its memory is gone. */
  const lose = (pod: PodRecord) => {
    if (pod.life.processMs !== undefined) endProcess(pod);
    stopTimer(pod);
    pod.life.stage = 'unseen';
    pod.life.ending = false;
    pod.life.stopping = 'no';
    pod.life.ready = false;
    pod.life.unpublished = true;
    pod.life.backOff = createBackOff();
    pod.life.tickers = undefined;
    refresh(pod);
  };

  // ---- pushed on
  const advance = (pod: PodRecord) => {
    const { life } = pod;
    const node = pod.node!;
    if (kubelets.power(node) === 'off') return pod.starts > 0 || life.stage !== 'unseen' ? lose(pod) : refresh(pod);
    refresh(pod);
    if (!kubelets.active(node)) return;
    const { overdue } = life;
    life.overdue = undefined;
    if (overdue !== undefined) overdue();
    const hears = kubelets.hears(node);
    const asks = life.unpublished || life.tickers === undefined || (pod.deletedMs !== undefined && !life.ending);
    if (!hears && asks) kubelets.waits(node);
    if (hears && pod.deletedMs !== undefined && !life.ending) return stop(pod);
    if (hears && life.unpublished) publish(pod);
    if (hears && life.tickers === undefined && life.stage !== 'unseen') takeOn(pod);
    if (life.timer !== undefined || pod.gone) return;
    if ((life.stage === 'unseen' && hears) || life.stage === 'waiting') prepare(pod);
    else if (life.stage === 'stopped') leave(pod);
  };
  const resync = (node: NodeName) => {
    const renewed = kubelets.renewed(node);
    for (const pod of [...store.onNode(node)]) {
      if (renewed) forget(pod);
      advance(pod);
    }
  };
  store.on((pod, change) => {
    // Nobody runs it, or its grace period is 0: the API lets it go at once (pkg/registry/core/pod/strategy.go CheckGracefulDelete).
    if (change === 'deleted' && (pod.node === undefined || pod.of.spec.template.terminationGraceSeconds === 0))
      return store.remove(pod);
    if (pod.node === undefined) return;
    if (change === 'added' || change === 'bound' || change === 'deleted' || change === 'revived')
      kernel.after(watchDelayMs, () => {
        if (!pod.gone) advance(pod);
      });
    if (change === 'added') lose(pod); // an object that came back: its containers are long gone
    if (change === 'removed') {
      stopTimer(pod);
      pod.life.servesTimer?.();
      stopProbes(pod);
    }
  });
  return {
    kubelets,
    kill: (pod) => {
      if (pod.life.processMs !== undefined) exited(pod);
    },
    hang: (pod, on) => {
      if (pod.life.processMs === undefined || pod.life.hung === on) return;
      pod.life.hung = on;
      refresh(pod);
    },
    hold: (pod, on) => {
      pod.life.held = on;
      if (on && pod.life.processMs !== undefined) exited(pod);
      else if (!on && pod.node !== undefined && !pod.gone) advance(pod);
    },
    correct: (pod) => {
      pod.life.unpublished = true;
      kernel.after(watchDelayMs, () => publish(pod));
    },
  };
}
