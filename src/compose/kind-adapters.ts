/** The kind platform and k6 before it, from the options of a run. Apart from the other platforms so that none of it loads for a simulated run. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InputError } from '../base/errors.ts';
import { tooMuchLoad } from '../load/k6/capacity.ts';
import { createK6Load } from '../load/k6/k6-load.ts';
import { createNoLoad } from '../load/no-load.ts';
import { createKindPlatform } from '../platform/kind/kind.ts';
import { createWallClock } from '../platform/kind/wall-clock.ts';
import { openPair } from './pair-files.ts';
import type { Adapters } from './platforms.ts';
import type { Inputs, RunOptions } from './prepare.ts';
import { probedSlis } from './scenario-names.ts';

/** Both adapters. Nothing is touched. */
export async function buildKind(options: RunOptions, { topology, files, topologyPath }: Inputs): Promise<Adapters> {
  if (topology.globalLoadBalancer.mode === 'dns')
    throw new InputError({
      message: 'Expected a global load balancer of mode `proxy` on kind, got `dns`',
      hint: 'Customers that keep an answer of DNS exist on the simulated platform only. Add --set topology:globalLoadBalancer.mode=proxy, or use --platform simulated.',
    });
  const runId = options.runId ?? `${options.scenario.name}-${options.seed}`;
  const id = `ep-${hashOf([runId, resolve(options.out ?? '.'), String(process.pid)])}`;
  const folder = options.out === undefined ? join(tmpdir(), `elevenproof-${id}`) : resolve(options.out);
  const clock = createWallClock();
  const platform = createKindPlatform({
    pair: {
      from: topologyPath,
      topology,
      files,
      scale: options.scale ?? 1,
      id,
      folder: options.reuse === undefined ? join(folder, 'pair') : openPair(options.reuse).ground.folder,
      reuse: options.reuse !== undefined,
      keep: options.keep ?? false,
      runFolder: folder,
      ...(options.nodeImage !== undefined && { nodeImage: options.nodeImage }),
    },
    clock,
    onStep: options.onStep ?? (() => {}),
  });
  if (options.load === 'none') return { platform, load: createNoLoad(clock), slisAwaited: probedSlis };
  const load = createK6Load({
    entry: () => ({ url: platform.entry() }),
    clock,
    folder,
    runId,
    witness: platform.accessLog,
    ...(options.load !== undefined && { script: scriptFile(options.load) }),
  });
  const onThisHost = { cores: availableParallelism(), scale: options.scale ?? 1 };
  return { platform, load, refusal: (plan) => tooMuchLoad(plan, onThisHost) };
}

/** Absolute, because k6 runs in a folder of its own. */
function scriptFile(path: string): string {
  const file = resolve(path);
  if (existsSync(file)) return file;
  throw new InputError({
    message: `Expected --load to name a k6 script, found no file \`${path}\``,
    hint: 'Or: --load none',
  });
}

/** Six hexadecimal digits. */
const hashOf = (words: readonly string[]) => createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 6);
