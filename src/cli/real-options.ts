/** Options that only real clusters know: whose clusters, and who asks. Apart because a simulated run has neither. */
import type { Command } from 'commander';
import type { ProblemList } from '../base/errors.ts';

/** As commander gives them. */
export interface RawRealOptions {
  readonly keep?: boolean;
  readonly reuse?: string;
  readonly load?: string;
}

/** Checked. Absent means: a pair of its own, torn down at the end, and load by the plan. */
export interface RealOptions {
  readonly keep?: boolean;
  /** Name of a pair that `up` made, or its folder. */
  readonly reuse?: string;
  /** `none`, or a k6 script. */
  readonly load?: string;
}

/** Adds the options. */
export function declareRealOptions(command: Command): Command {
  return command
    .option('--keep', 'kind: leave the clusters as they are at the end; the next run can take them with --reuse')
    .option('--reuse <pair>', 'kind: run on clusters that `elevenproof up` or --keep left (a name or a folder)')
    .option('--load <script>', 'kind: a k6 script of your own, or `none`');
}

/** Checks them; adds a problem for each that this platform does not know. */
export function readRealOptions(raw: RawRealOptions, platform: string, problems: ProblemList): RealOptions {
  const given = (['keep', 'reuse', 'load'] as const).filter((name) => raw[name] !== undefined && raw[name] !== false);
  if (platform === 'simulated')
    for (const name of given)
      problems.add({
        message: `Expected --${name} together with --platform kind`,
        hint: 'A simulated world has no clusters to keep.',
      });
  for (const name of ['reuse', 'load'] as const)
    if (raw[name]?.trim() === '') problems.add({ message: `Expected --${name} to name something, got nothing` });
  return {
    ...(raw.keep === true && { keep: true }),
    ...(raw.reuse !== undefined && { reuse: raw.reuse }),
    ...(raw.load !== undefined && { load: raw.load }),
  };
}
