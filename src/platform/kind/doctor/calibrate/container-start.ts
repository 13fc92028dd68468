/** How long this machine takes to start a container of an image that is present. */
import { OperatingError } from '../../../../base/errors.ts';
import type { Engine } from '../../engine.ts';
import { pairLabel } from '../../ground.ts';
import { spreadOf } from './spread.ts';

const samples = 20;
/** Small images first; each has `sleep`. Which one it is hardly matters: nothing is pulled or copied. */
const candidates: readonly RegExp[] = [/^busybox:/, /^alpine:/, /^haproxy:/, /^postgres:/, /^node:/, /^kindest\/node:/];

/** The image to start, of those that are here; undefined: none of them is known to have `sleep`. */
export function startableOf(here: readonly string[]): string | undefined {
  return candidates.map((shape) => here.find((image) => shape.test(image))).find((image) => image !== undefined);
}

/** From the order until the process runs, of containers one after the other. They carry our label, so that `doctor` finds what a crash leaves. */
export async function measureContainerStart(
  engine: Engine,
  image: string,
  signal: AbortSignal,
): Promise<{ readonly p50: number; readonly p95: number }> {
  const tookMs: number[] = [];
  // The first one warms caches up that every later container finds warm.
  for (let i = 0; i <= samples; i++) {
    signal.throwIfAborted();
    const ms = await startOne(engine, image);
    if (i > 0) tookMs.push(ms);
  }
  return spreadOf(tookMs);
}

async function startOne(engine: Engine, image: string): Promise<number> {
  const startMs = performance.now();
  const container = await engine.docker.createContainer({
    Image: image,
    Entrypoint: ['sleep'],
    Cmd: ['60'],
    Labels: { [pairLabel]: 'calibration' },
    HostConfig: { NetworkMode: 'none', AutoRemove: false },
  });
  try {
    await container.start();
    const state = await engine.state(container.id);
    if (state?.running !== true) throw new OperatingError(`Failed to start a container of ${image}: it ended at once`);
    return performance.now() - startMs;
  } finally {
    await engine.remove(container.id);
  }
}
