/** Plays the pairs that `agree --run` compares: the same scenario, seed and options on the model and on a real platform. Apart from comparing, which needs no platform. */
import { join } from 'node:path';
import { type ExitCode, exitCodes } from '../base/errors.ts';
import type { RunRecord } from '../domain/record.ts';
import type { RawAgreeOptions } from './agree.ts';
import { reportFailure } from './failure.ts';
import { type Io, lookOf } from './io.ts';
import type { Play, Stage } from './play.ts';
import { checked, loadScenarios, readRunOptions, readSeed, seedAfter } from './run-options.ts';

/** What came of all plays. `codes`: those that say that the comparison itself is not whole; a missed objective does not. */
export interface PlayedPairs {
  readonly model: readonly RunRecord[];
  readonly real: readonly RunRecord[];
  readonly codes: readonly number[];
}

const realPlatform = 'kind';
const telling: readonly number[] = [exitCodes.aborted, exitCodes.unreverted, exitCodes.internal] satisfies ExitCode[];

/** Plays each scenario on `runs` seeds, real before simulated, so that a real platform that cannot be had is told at once. */
export async function playPairs(
  names: readonly string[],
  runs: number,
  model: string,
  raw: RawAgreeOptions,
  io: Io,
): Promise<PlayedPairs> {
  const platform = raw.platform === model ? realPlatform : raw.platform;
  const { seed, ...options } = checked((problems) => ({
    ...readRunOptions({ ...raw, platform }, problems),
    seed: readSeed('--seed', raw.seed ?? '1', problems),
  }));
  const loaded = await loadScenarios(names);
  const plays = loaded.flatMap(({ name, scenario, path, sha256 }) =>
    Array.from({ length: runs }, (_, i) => seedAfter(seed, i)).flatMap((own) =>
      [platform, model].map((each): Play => {
        const play = { name, scenario, source: { path, sha256 }, seed: own, options: { ...options, platform: each } };
        return raw.out === undefined ? play : { ...play, folder: join(raw.out, `${scenario.name}-${own}-${each}`) };
      }),
    ),
  );
  const { records, codes } = await playAll(plays, io);
  const isModel = (record: RunRecord) => record.platform.name === model;
  return { model: records.filter(isModel), real: records.filter((record) => !isModel(record)), codes };
}

async function playAll(plays: readonly Play[], io: Io) {
  const { play } = await import('./play.ts');
  const { watchInterrupts } = await import('./interrupt.ts');
  const interrupts = watchInterrupts(io);
  const stage: Stage = { io, look: await lookOf(io), interrupts, results: io.err };
  const records: RunRecord[] = [];
  const codes: number[] = [];
  try {
    for (const each of plays) {
      if (interrupts.signal.aborted) codes.push(exitCodes.aborted);
      else
        await play(each, stage).then(
          (record) => {
            records.push(record);
            codes.push(...telling.filter((code) => code === record.exitCode));
          },
          (error) => void codes.push(reportFailure(error, io)),
        );
    }
  } finally {
    interrupts.stop();
  }
  return { records, codes };
}
