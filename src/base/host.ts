/** The machine and the project a run happens on: versions, processors, programs that can be called. Apart because everything here differs between machines and belongs into the record, never into a timeline. */
import { existsSync, readFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A machine, as the record names it. */
export interface Host {
  /** Node version without the v. */
  readonly node: string;
  /** `linux 6.1.0`. */
  readonly os: string;
  readonly cpus: number;
  /** Of the whole machine. */
  readonly memoryMiB: number;
}

/** The machine that this process runs on. */
export function describeHost(): Host {
  return {
    node: process.versions.node,
    os: `${platform()} ${release()}`,
    cpus: Math.max(1, cpus().length),
    memoryMiB: Math.round(totalmem() / 1_048_576),
  };
}

let root: string | undefined;

/** Folder of the project's package.json: the same whether this file runs from `src/` or from `dist/src/`. */
export function projectRoot(): string {
  root ??= findRoot(dirname(fileURLToPath(import.meta.url)));
  return root;
}

function findRoot(folder: string): string {
  for (let here = folder; ; here = dirname(here)) {
    if (existsSync(join(here, 'package.json'))) return here;
    if (here === dirname(here)) return folder;
  }
}

/** The project's version, as package.json says. */
export function projectVersion(): string {
  const text = readFileSync(join(projectRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** What a program answered; `code` undefined: it is not there, or did not end in time. */
export interface Answer {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls a program and waits for its answer, 5 s at most unless said. Never throws: a program that is missing is an answer. */
export async function askProgram(
  name: string,
  args: readonly string[],
  { signal, limitMs = 5_000 }: { readonly signal?: AbortSignal; readonly limitMs?: number } = {},
): Promise<Answer> {
  const { execa } = await import('execa');
  const result = await execa(name, args, {
    reject: false,
    timeout: limitMs,
    stdin: 'ignore',
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  return { code: result.exitCode, stdout: `${result.stdout ?? ''}`, stderr: `${result.stderr ?? ''}` };
}
