/** Whether a pair fits into the memory that is free. */
import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { formatCount } from '../../../base/format.ts';
import { bad, type Check, ok, warn } from './check.ts';
import type { Cost } from './cost.ts';

/** Memory that a new process could have, MiB: caches count as free. */
export function measureMemory(): number {
  try {
    const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    if (kib !== undefined) return Math.round(Number(kib) / 1024);
  } catch {
    // Not Linux.
  }
  return Math.round(freemem() / 1_048_576);
}

/** Room that pods need when they scale out, and caches that make etcd fast. */
const roomRatio = 1.3;

/** Judges what is free against the cost of the topology that is asked for. */
export function judgeMemory(freeMiB: number, { topology, memoryMiB }: Cost): Check {
  const name = 'memory';
  const found = `${formatCount(freeMiB)} MiB free; ${topology} takes about ${formatCount(memoryMiB)} MiB`;
  if (freeMiB < memoryMiB) return bad(name, found, 'Free some, or take a smaller topology (--topology).');
  if (freeMiB < memoryMiB * roomRatio)
    return warn(name, found, 'Little is left for scaling out: the kernel may end processes.');
  return ok(name, found);
}
