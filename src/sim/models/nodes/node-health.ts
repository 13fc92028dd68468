/** One node's heartbeat, worked out instead of simulated: when its Lease was last renewed, and what its kubelet says of itself. No event while all is well. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Kernel } from '../../kernel.ts';
import type { ControlPlane, Machines, NodeObject } from '../../model.ts';
import { leaseRenewMs, nodeStatusMs, runtimeSilenceMsMax } from './node-constants.ts';

/** A node object that its owner may change. */
export type NodeRecord = { -readonly [K in keyof NodeObject]: NodeObject[K] };

/** Heartbeat of one node. */
export interface NodeHealth {
  readonly object: NodeRecord;
  /** The kubelet runs and reaches the API. */
  readonly renewing: boolean;
  /** When the Lease was last renewed; only while not renewing. */
  readonly lastRenewMs: Ms;
  /** Looks at kubelet, runtime and connection again. */
  look(): void;
}

/** The heartbeat of a node that is ready and renews with a phase of its own. `posted` is told when the kubelet has changed the Ready condition; `lost` when renewals stop. */
export function createNodeHealth(
  kernel: Kernel,
  { machines, controlPlane }: { readonly machines: Machines; readonly controlPlane: ControlPlane },
  object: NodeRecord,
  phaseMs: Ms,
  told: { readonly posted: () => void; readonly lost: () => void },
): NodeHealth {
  const node = object.spec.name;
  let phase = phaseMs;
  let renewing = true;
  let lastRenewMs: Ms = 0;
  let kubelet = machines.identity(node, 'kubelet')?.pid;
  let runtimeDownMs: Ms | undefined;
  let cancel: Cancel | undefined;

  const onGrid = (atMs: Ms, periodMs: Ms) => phase + Math.ceil((atMs - phase) / periodMs) * periodMs;
  const says = () =>
    runtimeDownMs !== undefined && kernel.now() - runtimeDownMs >= runtimeSilenceMsMax ? 'False' : 'True';
  const post = () => {
    cancel = undefined;
    if (!renewing) return;
    const ready = says();
    if (ready !== object.ready) {
      object.ready = ready;
      told.posted();
    }
    plan();
  };
  /** The next status tick at which the kubelet's word will differ from the API's. */
  const plan = () => {
    cancel?.();
    cancel = undefined;
    if (!renewing) return;
    if (says() !== object.ready) cancel = kernel.at(onGrid(kernel.now(), nodeStatusMs), post);
    else if (runtimeDownMs !== undefined && object.ready === 'True')
      cancel = kernel.at(onGrid(runtimeDownMs + runtimeSilenceMsMax, nodeStatusMs), post);
  };
  const lookAtRuntime = () => {
    const up = machines.process(node, 'containerd') === 'running';
    if (up) runtimeDownMs = undefined;
    else runtimeDownMs ??= kernel.now();
  };
  const lookAtLease = () => {
    const now = machines.process(node, 'kubelet') === 'running' && controlPlane.kubeletConnected(node);
    const pid = machines.identity(node, 'kubelet')?.pid;
    if (now && pid !== kubelet) {
      kubelet = pid;
      phase = kernel.now() % leaseRenewMs; // a new kubelet renews and reports at once
    }
    if (renewing && !now) {
      lastRenewMs = Math.max(0, onGrid(kernel.now() + 1, leaseRenewMs) - leaseRenewMs);
      renewing = false;
      told.lost();
    } else renewing = now;
  };
  return {
    object,
    get renewing() {
      return renewing;
    },
    get lastRenewMs() {
      return lastRenewMs;
    },
    look: () => {
      lookAtRuntime();
      lookAtLease();
      plan();
    },
  };
}
