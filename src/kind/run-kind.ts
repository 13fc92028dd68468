/** One call of the kind program: started apart from our terminal, watched line by line, ended with everything it started. Apart because every command is run alike. */
import { OperatingError } from '../base/errors.ts';
import { hintFor } from './hints.ts';

/** What is common to all calls. */
export interface Call {
  /** What is done, for the error: `create cluster a`. */
  readonly deed: string;
  readonly args: readonly string[];
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly input?: string;
  /** Every line of kind's progress (it prints that to its standard error). */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** The program, and the environment that it gets on top of ours. */
export interface Program {
  readonly binary: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Lines of kind's output that an error carries at most: its end says why. */
const tailLines = 25;

/** Runs kind and gives its standard output. Throws an OperatingError with the end of its output when it fails or is late, and the signal's reason when aborted. */
export async function runKind(program: Program, call: Call): Promise<string> {
  call.signal?.throwIfAborted();
  const { execa } = await import('execa');
  // A process group of its own: Ctrl-C of a terminal does not reach it, and all of its `docker` calls end with it.
  const child = execa(program.binary, call.args, {
    env: program.env,
    detached: true,
    cleanup: false,
    reject: false,
    all: true,
    input: call.input ?? '',
  });
  const stop = endGroup(child.pid);
  const timer = setTimeout(stop, call.limitMs);
  call.signal?.addEventListener('abort', stop, { once: true });
  process.once('exit', stop);
  try {
    const startMs = performance.now();
    if (call.onLine !== undefined) for await (const line of child.iterable({ from: 'stderr' })) call.onLine(line);
    const result = await child;
    call.signal?.throwIfAborted();
    if (result.exitCode === 0) return result.stdout;
    throw failure(program, call, result, performance.now() - startMs >= call.limitMs);
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', stop);
    process.removeListener('exit', stop);
  }
}

/** Ends a process and all that it started; harmless when they are gone. */
function endGroup(pid: number | undefined): () => void {
  return () => {
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
}

/** What the error needs of a call's end. */
interface Ended {
  readonly exitCode?: number | undefined;
  readonly code?: string | undefined;
  readonly all?: string | undefined;
  readonly shortMessage?: string | undefined;
}

function failure({ binary }: Program, call: Call, ended: Ended, late: boolean): OperatingError {
  if (ended.code === 'ENOENT')
    return new OperatingError(`Failed to ${call.deed}: there is no program \`${binary}\``, {
      hint: 'Install kind: https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
    });
  const why = late
    ? `it did not end within ${call.limitMs / 1000} s`
    : ended.exitCode === undefined
      ? (ended.shortMessage ?? 'it was ended')
      : `kind ended with code ${ended.exitCode}`;
  const output = (ended.all ?? '').trim().split('\n').slice(-tailLines).join('\n');
  const hint = hintFor(ended.all ?? '');
  const command = [binary, ...call.args].join(' ');
  return new OperatingError(`Failed to ${call.deed}: ${why}\n  ${command}\n${indent(output)}`, {
    ...(hint !== undefined && { hint }),
  });
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
