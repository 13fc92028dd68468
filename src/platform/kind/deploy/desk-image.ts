/** The image of the order desk: built when a manifest names it and none is there that holds the bundle of this very version. Apart because it is the only image that is ours. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatingError } from '../../../base/errors.ts';
import { projectRoot } from '../../../base/host.ts';
import type { Engine } from '../engine.ts';
import { localImage } from './local-images.ts';

/** Label of the image: SHA-256 of what it was built from. */
const contentLabel = 'dev.elevenproof.content';
const sources = ['Dockerfile', 'order-desk.mjs'] as const;

/** Whether an image is the order desk, whatever its tag. */
export function isDeskImage(image: string): boolean {
  return /^elevenproof\/order-desk(?:[:@]|$)/.test(image);
}

/** Builds the image under this name unless it is there already. Throws an OperatingError with the engine's own words. */
export async function buildDeskImage(engine: Engine, image: string): Promise<void> {
  const folder = join(projectRoot(), 'dist', 'order-desk');
  const content = await contentOf(folder);
  if ((await localImage(engine, image))?.labels[contentLabel] === content) return;
  try {
    const context = { context: folder, src: [...sources] };
    const stream = await engine.docker.buildImage(context, { t: image, labels: { [contentLabel]: content }, rm: true });
    await new Promise<void>((resolve, reject) => {
      const done = (error: Error | null, output: readonly { readonly error?: string }[]) => {
        const said = error?.message ?? output.find((line) => line.error !== undefined)?.error;
        if (said === undefined) resolve();
        else reject(new Error(said));
      };
      engine.docker.modem.followProgress(stream, done);
    });
  } catch (cause) {
    const hint = 'Its base is node:20-slim, which must be there or pullable.';
    throw new OperatingError(`Failed to build image ${image}: ${(cause as Error).message}`, { cause, hint });
  }
}

async function contentOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for (const name of sources) hash.update(await readFile(join(folder, name)));
  } catch (cause) {
    throw new OperatingError(`Failed to read the order desk in ${folder}`, { cause, hint: 'Run: npm run build' });
  }
  return hash.digest('hex');
}
