/** Calls the command line without a process: collected streams, interrupts on demand. Apart because every test of a command needs it. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../src/base/host.ts';
import type { Invocation } from '../../src/cli/invocation.ts';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { starterFiles } from '../../src/cli/starter-files.ts';

/** What a call left behind. */
export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Codes with which the process would have been left at once. */
  readonly left: readonly number[];
}

/** Calls with these words. `onErr` sees progress as it is written and may interrupt, or be an error that nobody caught. */
export async function call(
  argv: readonly string[],
  options: {
    readonly columns?: number;
    readonly invocation?: Invocation;
    readonly onErr?: (text: string, interrupt: () => void, stray: (error: unknown) => void) => void;
  } = {},
): Promise<Called> {
  let out = '';
  let err = '';
  const left: number[] = [];
  const callbacks = new Set<() => void>();
  let stray = (_: unknown) => {};
  const interrupt = () => {
    for (const callback of callbacks) callback();
  };
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
      options.onErr?.(text, interrupt, (error) => stray(error));
    },
    columns: options.columns,
    coloured: false,
    invocation: options.invocation ?? 'elevenproof',
    onInterrupt: (callback) => {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    onStrayError: (callback) => {
      stray = callback;
      return () => undefined;
    },
    leave: (code) => left.push(code),
  };
  const code = await main(argv, io);
  return { code, out, err, left };
}

/** A fresh folder below the system's temporary one. */
export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cli-'));
}

/** The starter scenario of `init` in a fresh folder, bound to the sources instead of an installed package: the quickest real run. */
export function starterScenario(): string {
  const folder = freshFolder();
  for (const [path, text] of Object.entries(starterFiles)) {
    const file = join(folder, path.replace(/\.mjs$/, '.ts'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.replace("'elevenproof'", JSON.stringify(join(projectRoot(), 'src', 'index.ts'))));
  }
  return join(folder, 'pod-loss.ts');
}
