/** What an etcd restore does to pods: younger ones are forgotten, those deleted since come back as objects, and the kubelets make it true. */
import type { Ms } from '../../../base/clock.ts';
import type { Kernel } from '../../kernel.ts';
import type { SiteName } from '../../model.ts';
import type { PodRecord } from './pod-record.ts';
import type { PodStore } from './pod-store.ts';

/** Remembers what was removed, to bring it back. */
export interface PodArchive {
  /** The API of the site forgets everything since the snapshot. */
  forgetSince(site: SiteName, snapshotMs: Ms): void;
}

/** Removed pods that are remembered per site; older ones cannot come back. Enough for any snapshot of a run; too few would make a restore cleaner than it is. */
const archiveMax = 1_000;

/** An archive that follows the store from now. */
export function createPodArchive(
  kernel: Kernel,
  store: PodStore,
  pods: (site: SiteName) => Iterable<PodRecord>,
): PodArchive {
  const removed = new Map<SiteName, { readonly pod: PodRecord; readonly atMs: Ms }[]>();
  store.on((pod, change) => {
    if (change !== 'removed') return;
    const list = removed.get(pod.site) ?? [];
    removed.set(pod.site, list);
    list.push({ pod, atMs: kernel.now() });
    if (list.length > archiveMax) list.shift();
  });
  return {
    forgetSince: (site, snapshotMs) => {
      const list = removed.get(site) ?? [];
      removed.set(site, []);
      for (const pod of [...pods(site)]) if (pod.createdMs > snapshotMs) store.remove(pod);
      for (const pod of pods(site)) if (pod.deletedMs !== undefined && pod.deletedMs > snapshotMs) store.revive(pod);
      for (const { pod, atMs } of list)
        if (
          atMs > snapshotMs &&
          pod.createdMs <= snapshotMs &&
          (pod.deletedMs === undefined || pod.deletedMs > snapshotMs)
        )
          store.restore(pod);
      removed.set(site, []);
    },
  };
}
