/** Whether node containers fit on the disk that Docker keeps them on. */
import { statfs } from 'node:fs/promises';
import { formatCount } from '../../../base/format.ts';
import { bad, type Check, ok, warn } from './check.ts';
import type { Cost } from './cost.ts';

/** Free space at a folder for any user, MiB; undefined where that cannot be told. */
export async function measureDisk(folder: string | undefined): Promise<number | undefined> {
  if (folder === undefined) return undefined;
  const places = [folder, '/'];
  for (const place of places) {
    const stats = await statfs(place).catch(() => undefined);
    if (stats !== undefined) return Math.floor((stats.bavail * stats.bsize) / 1_048_576);
  }
  return undefined;
}

/** Kubelets begin to evict pods when a tenth of the disk is left; runs write logs and timelines. */
const roomRatio = 1.5;

/** Judges free space against the cost of the topology that is asked for; images that are still to be pulled come on top. */
export function judgeDisk(freeMiB: number | undefined, { topology, diskMiB }: Cost): Check {
  const name = 'disk';
  if (freeMiB === undefined) return warn(name, 'not known', 'Docker must answer, and its folder be on this machine.');
  const found = `${formatCount(freeMiB)} MiB free where Docker keeps its data; ${topology} takes about ${formatCount(diskMiB)} MiB`;
  if (freeMiB < diskMiB) return bad(name, found, 'Free some (docker system prune), or take a smaller topology.');
  return freeMiB < diskMiB * roomRatio
    ? warn(name, found, 'Kubelets evict pods when a tenth of the disk is left.')
    : ok(name, found);
}
