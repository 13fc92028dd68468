/** One k6 process: started, interrupted, and what it left. Apart from the driver, which has two of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../../base/errors.ts';

/** What to start. */
export interface K6Options {
  /** Folder for everything that it leaves. */
  readonly folder: string;
  /** First part of the names of what it leaves: `profile` gives `profile.log`, `profile.summary.json`, `profile.out`, `profile.err`. */
  readonly name: string;
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What is left of one. */
export interface K6Exit {
  /** k6's exit code; 105 after an interrupt. Undefined: it was killed. */
  readonly code: number | undefined;
  /** Its last words. */
  readonly text: string;
}

/** A started k6. */
export interface K6Process {
  /** Its console log: the client's own log. */
  readonly logFile: string;
  readonly exited: Promise<K6Exit>;
  isRunning(): boolean;
  /** Ends it: interrupts, and kills what has not ended within 10 s. Harmless when it has ended. */
  end(): Promise<K6Exit>;
  /** Counts of the summary, when there is one. */
  summary(): K6Summary | undefined;
}

/** What a summary says. */
export interface K6Summary {
  readonly iterations: number;
  /** Requests that were due and not asked because every user was busy. */
  readonly dropped: number;
}

const graceMs = 10_000;

/** Version of the k6 in PATH, such as `2.2.0`; undefined when there is none, or it does not answer within 5 s. */
export async function k6Version(): Promise<string | undefined> {
  const { execa } = await import('execa');
  const { stdout, failed } = await execa('k6', ['version'], { reject: false, timeout: 5_000, stdin: 'ignore' });
  return failed ? undefined : /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
}

/** Starts k6, found in PATH. It has a process group of its own, so that an interrupt from a terminal reaches the run alone, which then ends the load in its turn. */
export async function startK6({ folder, name, script, env = {} }: K6Options): Promise<K6Process> {
  const { execa } = await import('execa');
  const at = (ending: string) => join(folder, `${name}.${ending}`);
  const words = ['run', '--quiet', '--no-usage-report', '--no-color', '--address', 'localhost:0'];
  const logs = ['--console-output', at('log'), '--log-format', 'raw', '--summary-export', at('summary.json')];
  const child = execa('k6', [...words, ...logs, script], {
    env,
    reject: false,
    detached: true,
    stdin: 'ignore',
    stdout: { file: at('out') },
    stderr: { file: at('err') },
  });
  let running = true;
  const exited = child.then((result): K6Exit => {
    running = false;
    if (result.code === 'ENOENT') return { code: undefined, text: 'k6 is not in PATH' };
    return { code: result.exitCode, text: lastWords(at('err')) };
  });
  return {
    logFile: at('log'),
    exited,
    isRunning: () => running,
    end: async () => {
      if (running) child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      return exited.finally(() => clearTimeout(timer));
    },
    summary: () => readSummary(at('summary.json')),
  };
}

function lastWords(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n');
}

function readSummary(file: string): K6Summary | undefined {
  try {
    const { metrics } = JSON.parse(readFileSync(file, 'utf8')) as {
      metrics?: Record<string, { readonly count?: number }>;
    };
    return { iterations: metrics?.iterations?.count ?? 0, dropped: metrics?.dropped_iterations?.count ?? 0 };
  } catch {
    return undefined;
  }
}

/** The error of a k6 that ended by itself. */
export function endedByItself({ code, text }: K6Exit): OperatingError {
  return new OperatingError(`k6 ended by itself (${code ?? 'killed'}): ${text}`, {
    hint: 'Look at its output in the run folder; elevenproof doctor looks at k6 itself.',
  });
}
