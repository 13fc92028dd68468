/** Options that decide a run: read from the command line and checked, every problem at once. Apart because run, sweep and plan share them. */
import type { Command } from 'commander';
import { createProblemList, InputError, knownWords, type ProblemList } from '../base/errors.ts';
import { rateRpsMax } from '../domain/load-shape.ts';

/** As commander gives them. */
export interface RawRunOptions {
  readonly seed?: string;
  readonly topology?: string;
  readonly peak?: string;
  readonly scale: string;
  readonly platform: string;
  readonly set: readonly string[];
  /** Commander's form of `--no-faults`. */
  readonly faults: boolean;
  readonly dud: readonly string[];
  readonly twin?: string;
  readonly allowCommands?: boolean;
  readonly nodeImage?: string;
  readonly calibration?: string;
}

/** Checked. Absent means: as the scenario says. */
export interface CheckedRunOptions {
  readonly topology?: string;
  readonly peakRps?: number;
  readonly scale: number;
  readonly platform: string;
  readonly sets: readonly string[];
  readonly noFaults: boolean;
  readonly duds: readonly string[];
  readonly twin?: string;
  readonly allowCommands: boolean;
  readonly nodeImage?: string;
  readonly calibration?: string;
}

/** Adds the options that run, sweep and plan share. */
export function declareRunOptions(command: Command): Command {
  return command
    .option(
      '--topology <name|folder>',
      'a folder of clusters/, or a folder of your own with kind configs and manifests',
    )
    .option(
      '--peak <rps>',
      'peak rate of the busiest channel, requests per second; other peaks in proportion, base rates stay',
    )
    .option('--scale <ratio>', 'scales rates, capacity and targets together, 0 to 1', '1')
    .option('--platform <name>', 'simulated, or kind: two real clusters in Docker', 'simulated')
    .option('--set <path=value>', 'change one thing of the topology (repeatable)', collect, [])
    .option('--no-faults', 'play everything, inject nothing')
    .option('--dud <fault>', 'let a fault do nothing, as a test of the test (repeatable)', collect, [])
    .option('--twin <name>', 'run a sabotage twin of the scenario')
    .option('--allow-commands', 'run the manifest commands that the topology names')
    .option('--node-image <image>', 'node image of every cluster, such as kindest/node:v1.34.0')
    .option('--calibration <file>', 'times of a host, of doctor --calibrate, that the simulator is to be like');
}

/** Commander's way to collect a repeatable option. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** Checks the shared options; adds to `problems` what is wrong. */
export function readRunOptions(raw: RawRunOptions, problems: ProblemList): CheckedRunOptions {
  checkPlatform(raw.platform, problems);
  for (const set of raw.set)
    if (!/^[^=]+=/.test(set))
      problems.add({
        message: `Expected --set to be path=value, got \`${set}\``,
        hint: 'Such as --set east/Deployment/orders:spec.replicas=1',
      });
  if (raw.nodeImage?.trim() === '') problems.add({ message: 'Expected --node-image to name an image, got nothing' });
  const peakRps = raw.peak === undefined ? undefined : readNumber('--peak', raw.peak, peakWords, problems, rateRpsMax);
  const scale = readNumber('--scale', raw.scale, 'a number above 0, at most 1', problems, 1);
  return {
    ...(raw.topology === undefined ? {} : { topology: raw.topology }),
    ...(peakRps === undefined ? {} : { peakRps }),
    scale,
    platform: raw.platform,
    sets: raw.set,
    noFaults: !raw.faults,
    duds: raw.dud,
    ...(raw.twin === undefined ? {} : { twin: raw.twin }),
    allowCommands: raw.allowCommands ?? false,
    ...(raw.nodeImage === undefined ? {} : { nodeImage: raw.nodeImage }),
    ...(raw.calibration === undefined ? {} : { calibration: raw.calibration }),
  };
}

/** A number above 0 and at most `max`; adds a problem and gives 1 when it is none. */
export function readNumber(
  flag: string,
  text: string,
  what: string,
  problems: ProblemList,
  max = Number.MAX_VALUE,
): number {
  const value = /^\d*\.?\d+(e\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= max) return value;
  problems.add({ message: `Expected ${flag} to be ${what}, got \`${text}\`` });
  return 1;
}

/** An integer of at least 1 and at most `max`; adds a problem and gives 1 when it is none. */
export function readCount(flag: string, text: string, max: number, problems: ProblemList): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  problems.add({ message: `Expected ${flag} to be an integer of 1 to ${max}, got \`${text}\`` });
  return 1;
}

/** A seed in its shortest form; adds a problem when it is none. */
export function readSeed(flag: string, text: string, problems: ProblemList): string {
  if (/^[0-9a-f]{1,16}$/i.test(text)) return text.toLowerCase().replace(/^0+(?=.)/, '');
  problems.add({ message: `Expected ${flag} to be 1 to 16 hexadecimal digits, got \`${text}\`` });
  return '0';
}

/** The seed `steps` after this one; after the last one (16 times f) comes 0. */
export function seedAfter(seed: string, steps: number): string {
  return BigInt.asUintN(64, BigInt(`0x${seed}`) + BigInt(steps)).toString(16);
}

const peakWords = `a number of requests per second above 0 and at most ${rateRpsMax}`;

const platforms: readonly string[] = ['simulated', 'kind'];

const platformHints: ReadonlyMap<string, string> = new Map([
  ['kubeconfig', 'Clusters that already exist are not supported. Use --platform kind or simulated.'],
]);

/** Adds a problem when the platform cannot be had. */
export function checkPlatform(name: string, problems: ProblemList): void {
  if (platforms.includes(name)) return;
  const message = `Expected --platform to be one that can be used, got \`${name}\``;
  problems.add({ message, hint: platformHints.get(name) ?? knownWords('Platforms', name, platforms) });
}

/** Checks with `read` and throws an InputError with all problems. */
export function checked<T>(read: (problems: ProblemList) => T): T {
  const problems = createProblemList();
  const value = read(problems);
  problems.throwIfAny();
  return value;
}

/** Loads scenarios by name or path, `all` for the catalogue; throws one InputError for all that fail. */
export async function loadScenarios(names: readonly string[]) {
  const { loadCatalogue, loadScenario } = await import('../compose/catalogue.ts');
  const wanted = names.includes('all') ? (await loadCatalogue()).map((entry) => entry.name) : [...new Set(names)];
  const results = await Promise.allSettled(wanted.map(async (name) => ({ name, ...(await loadScenario(name)) })));
  const problems = results.flatMap((result) => {
    if (result.status === 'fulfilled') return [];
    if (result.reason instanceof InputError) return result.reason.problems;
    throw result.reason;
  });
  if (problems.length > 0) throw new InputError(problems);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
