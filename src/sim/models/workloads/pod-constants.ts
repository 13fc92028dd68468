/** Figures of a pod's life on its node, each with its source. Apart so that they can be read, doubted and calibrated in one place. */
import type { Ms } from '../../../base/clock.ts';

/** From an API write to its watchers' reaction on an idle cluster (calibrate; kind shows 10–100 ms). Too long delays every step of a recovery a little. */
export const watchDelayMs: Ms = 50;

/** A kubelet lists its containers this often (kubernetes/kubernetes pkg/kubelet/kubelet.go plegRelistPeriod): exits and starts are seen up to this late. */
export const relistMs: Ms = 1_000;

/** From SIGTERM to the exit of a process that finishes what it holds (an assumption about the application). Too short hides cut requests. */
export const gracefulExitMs: Ms = 500;

/** From the last container's exit to the removal of the object (calibrate). Too long delays StatefulSets and Recreate. */
export const cleanUpMs = { min: 300, max: 1_200 } as const;

/** SIGTERM is left at least this long, even when preStop used up the grace period (pkg/kubelet/kuberuntime/kuberuntime_container.go minimumGracePeriodInSeconds). */
export const termMsMin: Ms = 2_000;

/** A process of a release that crashes lives this long (an assumption; shorter than the relist, so it is rarely seen running). */
export const crashAfterMs: Ms = 200;

/** Tolerations of not-ready and unreachable that admission adds to pods that have none: seconds (plugin/pkg/admission/defaulttolerationseconds). An error shifts every replacement after a node loss. */
export const defaultTolerationSeconds = 300;

/** Terminating pods of nodes out of service are looked for this often (pkg/controller/podgc gcCheckPeriod). */
export const podGarbageMs: Ms = 20_000;

/** kubectl drain tries a refused eviction again after this (kubectl drain, 5 s). */
export const evictionRetryMs: Ms = 5_000;

/** A pod that did not fit is tried again after 1 s, doubled up to 10 s, and only when something changed (pkg/scheduler/internal/queue/scheduling_queue.go). */
export const schedulingBackOffMs = { first: 1_000, most: 10_000 } as const;
