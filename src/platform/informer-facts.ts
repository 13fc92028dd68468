/** Facts that come by informers. Apart because every platform tells the same ones late while the API of a site does not answer. */
import type { FactName } from '../domain/fact.ts';

/** Their names, for the gap that is told then. */
export const informerFacts: readonly FactName[] = [
  'controller.leader',
  'scheduler.leader',
  'control.whole',
  'node.ready',
  'node.schedulable',
  'node.drained',
  'nodes.ready',
  'nodes.whole',
  'workload.ready',
  'workload.wanted',
  'workload.degraded',
  'workload.whole',
  'workload.revision',
  'workload.rolled-out',
  'workload.rescaled',
  'pod.ready',
  'pod.node',
  'autoscaler.wanted',
  'autoscaler.limited',
  'endpoints.ready',
];
