/** Who leads controller-manager and scheduler, by their leases. Pure. */
import type { Ms } from '../../../base/clock.ts';
import type { ClusterState } from './cluster-state.ts';
import type { LeaseObject } from './objects.ts';
import type { Reading } from './teller.ts';

/** A holder renews this often, ms (client-go's default retry period in both components). */
const renewMs = 2_000;
/** A holder that has not renewed for this long no longer acts, ms: two renewals missed. Shorter takes an election of etcd for the end of a leader; longer is seen later, with the same stamp. */
const silentMsMax = 5_000;

const leases = {
  'controller.leader': 'kube-system/kube-controller-manager',
  'scheduler.leader': 'kube-system/kube-scheduler',
} as const;

/** Both leaders at `nowMs`. `epochMs`: what 0 of the run's clock is on the wall. */
export function leaderFacts(
  site: string,
  state: ClusterState,
  nodeOf: (container: string) => string | undefined,
  { nowMs, epochMs }: { readonly nowMs: Ms; readonly epochMs: number },
): readonly Reading[] {
  return (Object.keys(leases) as (keyof typeof leases)[]).map((fact) => {
    const lease = state.leases.get(leases[fact]);
    const renewedMs = renewalOf(lease, epochMs);
    const subject = { site };
    if (renewedMs === undefined) return { fact, subject, value: null };
    // It stopped some time after its last renewal and before the next was due.
    if (nowMs - renewedMs > silentMsMax) return { fact, subject, value: null, atMs: renewedMs + renewMs };
    return { fact, subject, value: holderOf(lease, nodeOf) };
  });
}

/** A holder calls itself `node_uuid`. */
function holderOf(lease: LeaseObject | undefined, nodeOf: (container: string) => string | undefined): string | null {
  const identity = lease?.spec.holderIdentity ?? '';
  if (identity === '') return null;
  const cut = identity.lastIndexOf('_');
  const container = cut < 0 ? identity : identity.slice(0, cut);
  return nodeOf(container) ?? container;
}

function renewalOf(lease: LeaseObject | undefined, epochMs: number): Ms | undefined {
  const wallMs = Date.parse(lease?.spec.renewTime ?? '');
  return Number.isNaN(wallMs) ? undefined : wallMs - epochMs;
}
