/** What fresh connections through the API load balancer meet, as shares. Apart because it is arithmetic over what each server would answer. */
import type { Site } from '../../../domain/topology.ts';
import type { ControlPlane, NodeName } from '../../model.ts';
import type { ServerAnswer } from './api-server.ts';

/** ms an API server adds to one commit of etcd, or needs for a read from its cache (kubernetes/community sig-scalability: small objects, idle). Longer: slower API. */
const serverMs = { write: 4, read: 2 };

type Outcome = 'ok' | 'refused' | 'hangs';

/** Round robin over the rotation. An empty one refuses. HAProxy waits 5 s for a machine that is not there, Envoy gives up after 0.25 s (kind's load-balancer config). */
export function freshConnections(
  kind: 'write' | 'read',
  balancer: Site['apiLoadBalancer'],
  rotation: readonly NodeName[],
  meet: (node: NodeName) => { readonly answer: ServerAnswer; readonly commitMs: number },
): ReturnType<ControlPlane['write']> {
  const counts: Record<Outcome, number> = { ok: 0, refused: rotation.length === 0 ? 1 : 0, hangs: 0 };
  let latencyMs = 0;
  for (const node of rotation) {
    const { answer, commitMs } = meet(node);
    const outcome = outcomeOf(kind, balancer, answer);
    counts[outcome]++;
    if (outcome === 'ok') latencyMs += serverMs[kind] + (kind === 'write' ? commitMs : 0);
  }
  const all = Math.max(1, rotation.length);
  return {
    okRatio: counts.ok / all,
    refusedRatio: counts.refused / all,
    hangsRatio: counts.hangs / all,
    latencyMs: counts.ok === 0 ? 0 : latencyMs / counts.ok,
  };
}

/** A server that has lost etcd still answers reads from its watch cache. */
function outcomeOf(kind: 'write' | 'read', balancer: Site['apiLoadBalancer'], answer: ServerAnswer): Outcome {
  switch (answer) {
    case 'ok':
      return 'ok';
    case 'hanging':
      return kind === 'read' ? 'ok' : 'hangs';
    case 'erring':
      return kind === 'read' ? 'ok' : 'refused';
    case 'refusing':
      return 'refused';
    case 'hung':
      return 'hangs';
    case 'unreachable':
      return balancer === 'envoy' ? 'refused' : 'hangs';
  }
}
