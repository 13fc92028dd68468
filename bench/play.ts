/** One run in memory, taken apart into what it cost. Apart from the library's own run because reading, playing and judging are timed each by itself. */
import { prepare } from '../src/compose/prepare.ts';
import type { Scenario } from '../src/domain/scenario.ts';
import { judge } from '../src/judge/judge.ts';
import { run } from '../src/run/run.ts';

/** What is measured of a run. */
export interface Played {
  readonly events: number;
  readonly platformMs: number;
  /** Wall time in ms: reading and building; playing; judging. */
  readonly preparedMs: number;
  readonly playedMs: number;
  readonly judgedMs: number;
}

/** Plays `scenario` once. `sets`: changes to its topology, as `--set` takes them. Throws when the run does not end or is not met: a figure of a broken run would be worth nothing. */
export async function playOnce(
  scenario: Scenario,
  wish: { readonly seed: string; readonly sets?: readonly string[]; readonly peakRps?: number },
): Promise<Played> {
  const { seed, sets = [], peakRps } = wish;
  const times = [performance.now()];
  const prepared = await prepare({ scenario, sets, seed, ...(peakRps !== undefined && { peakRps }) });
  times.push(performance.now());
  const { topology, plan, platform, load } = prepared;
  const outcome = await run({
    ...{ scenario, topology, plan, platform, load, sets: [], seed, scale: 1, noFaults: false, duds: [] },
    version: 'bench',
    signal: new AbortController().signal,
  });
  times.push(performance.now());
  const { standing, verdicts } = judge(outcome.events, scenario);
  times.push(performance.now());
  if (outcome.how !== 'complete') throw new Error(`${scenario.name} did not end: ${outcome.because}`);
  if (standing !== 'met') throw new Error(`${scenario.name} was not met: ${JSON.stringify(verdicts)}`);
  const [preparedMs, playedMs, judgedMs] = times.slice(1).map((time, i) => time - times[i]!);
  return {
    events: outcome.events.length,
    platformMs: outcome.events.at(-1)!.seenMs,
    preparedMs: preparedMs!,
    playedMs: playedMs!,
    judgedMs: judgedMs!,
  };
}
