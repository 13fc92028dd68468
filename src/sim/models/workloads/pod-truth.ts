/** What a connection to a pod meets, and what its probes hear: from machine and process alone, whatever the API believes. */
import type { Ms } from '../../../base/clock.ts';
import type { PodTruth, Power } from '../../model.ts';
import type { PodRecord } from './pod-record.ts';
import type { ProbeAnswer } from './probes.ts';

/** The truth now, on a machine of this power (undefined: the pod has no node). */
export function truthOf(pod: PodRecord, power: Power | undefined, now: Ms): PodTruth {
  const { life } = pod;
  if (power === undefined) return 'refusing';
  if (power !== 'on') return 'silent';
  if (life.processMs === undefined) return 'refusing';
  if (life.hung) return 'silent';
  if (life.stopping === 'terminating' || now < life.servesFromMs) return 'refusing';
  const { quality } = pod.release;
  if (quality === 'never-ready' || quality === 'crash') return 'refusing';
  return quality === 'errors' ? 'erring' : 'serving';
}

/** What a probe of the kind hears. A process that never gets ready is alive all the same. */
export function probeAnswer(pod: PodRecord, kind: 'startup' | 'readiness' | 'liveness', now: Ms): ProbeAnswer {
  const { life } = pod;
  if (life.hung) return 'silent';
  if (now < life.servesFromMs) return 'refused';
  return kind === 'readiness' && pod.release.quality === 'never-ready' ? 'refused' : 'ok';
}
