/** How long this machine takes to make a small write durable: what every write to etcd waits for. */
import { accessSync, closeSync, constants, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { quantileOf } from './spread.ts';

/** As much as etcd's log takes at a time. */
const block = Buffer.alloc(4_096, 7);
const samples = 300;

/** The first of these folders that can be written. Docker's own is where etcd's data would lie; only root may write there. */
export function writableOf(folders: readonly string[]): string | undefined {
  return folders.find((folder) => {
    try {
      accessSync(folder, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Writes and syncs in a folder of its own inside `folder`, which is removed again. */
export async function measureFsync(
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly p50: number; readonly p99: number }> {
  const own = mkdtempSync(join(folder, 'elevenproof-fsync-'));
  const file = openSync(join(own, 'log'), 'w');
  const tookMs: number[] = [];
  try {
    for (let i = 0; i < samples; i++) {
      signal.throwIfAborted();
      const startMs = performance.now();
      writeSync(file, block);
      fsyncSync(file);
      tookMs.push(performance.now() - startMs);
      await setImmediate();
    }
  } finally {
    closeSync(file);
    rmSync(own, { recursive: true, force: true });
  }
  return { p50: quantileOf(tookMs, 0.5), p99: quantileOf(tookMs, 0.99) };
}
