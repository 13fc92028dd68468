/** The command that repeats a run. Apart because the record, the console and the sweep all print it. */

/** What decides a run, as the command line takes it. */
export interface Repeatable {
  /** Name in the catalogue, or a path. */
  readonly scenario: string;
  readonly seed: string;
  readonly topology?: string;
  readonly platform: string;
  readonly peakRps?: number;
  readonly scale: number;
  readonly sets: readonly string[];
  readonly noFaults: boolean;
  readonly duds: readonly string[];
  readonly twin?: string;
  readonly allowCommands: boolean;
  readonly nodeImage?: string;
  readonly calibration?: string;
  readonly keep?: boolean;
  readonly reuse?: string;
  readonly load?: string;
}

/** What the command line takes for granted. */
const defaults: Readonly<Record<string, string>> = { '--platform': 'simulated', '--scale': '1' };

/** `elevenproof run etcd-leader-loss --seed 7f3a`, with only those options that differ from the default; ready to paste into a POSIX shell. */
export function repeatCommand(run: Repeatable): string {
  const options: (readonly [flag: string, value: string | number | undefined])[] = [
    ['--topology', run.topology],
    ['--platform', run.platform],
    ['--peak', run.peakRps],
    ['--scale', run.scale],
    ['--twin', run.twin],
    ['--node-image', run.nodeImage],
    ['--calibration', run.calibration],
    ['--reuse', run.reuse],
    ['--load', run.load],
    ...run.sets.map((set) => ['--set', set] as const),
    ...run.duds.map((dud) => ['--dud', dud] as const),
  ];
  const given = options.flatMap(([flag, value]) =>
    value === undefined || String(value) === defaults[flag] ? [] : [flag, quote(String(value))],
  );
  const switches = [
    ...(run.noFaults ? ['--no-faults'] : []),
    ...(run.allowCommands ? ['--allow-commands'] : []),
    ...(run.keep === true ? ['--keep'] : []),
  ];
  return ['elevenproof run', quote(run.scenario), '--seed', run.seed, ...given, ...switches].join(' ');
}

/** A word as a POSIX shell reads it back unchanged. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
