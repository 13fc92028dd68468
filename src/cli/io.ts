/** What the command line has of the world: two streams, a width, interrupts. Apart so that tests call the commands without a process. */
import { exitCodes } from '../base/errors.ts';
import type { Colours } from '../report/console/colours.ts';
import { type Invocation, invocationOf } from './invocation.ts';

/** The world as commands see it. */
export interface Io {
  /** Results: standard output. */
  readonly out: (text: string) => void;
  /** Progress and errors: standard error. */
  readonly err: (text: string) => void;
  /** Columns of the terminal; undefined: no terminal. */
  readonly columns: number | undefined;
  /** Whether colours are wanted. */
  readonly coloured: boolean;
  /** How the user calls this program. */
  readonly invocation: Invocation;
  /** Calls back on every interrupt (Ctrl-C, SIGTERM, a terminal that was closed) until the given function is called. */
  readonly onInterrupt: (callback: () => void) => () => void;
  /** Calls back with whatever nobody caught, also when somebody asks the process to end, until the given function is called. */
  readonly onStrayError: (callback: (error: unknown) => void) => () => void;
  /** Ends the process at once. */
  readonly leave: (code: number) => void;
}

/** The process's own streams. A reader that went away (EPIPE) is no error, and no stream that fails stops a run: what is written then is dropped, and the run goes on to its end. */
export function processIo(): Io {
  return {
    out: quietWriter(process.stdout, tellLost),
    err: quietWriter(process.stderr, () => undefined),
    columns: process.stdout.isTTY && process.stderr.isTTY ? process.stdout.columns : undefined,
    coloured: wantsColours(process.env, process.stdout.isTTY === true && process.stderr.isTTY === true),
    invocation: invocationOf(process.env),
    onInterrupt: (callback) => {
      process.on('SIGINT', callback);
      process.on('SIGTERM', callback);
      process.on('SIGHUP', callback);
      return () => {
        process.off('SIGINT', callback);
        process.off('SIGTERM', callback);
        process.off('SIGHUP', callback);
      };
    },
    onStrayError: catchStrayErrors,
    leave: (code) => exit(code),
  };
}

const exit = process.exit.bind(process);

/** Takes the place of the handlers that would end the process. What asks it to end is stopped where it stands. */
function catchStrayErrors(callback: (error: unknown) => void): () => void {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', callback);
  const refuse = (code?: string | number | null) => {
    const error = new Error(`process.exit(${code ?? ''}) was called`);
    Error.captureStackTrace(error, refuse);
    throw error;
  };
  process.exit = refuse;
  return () => {
    process.exit = exit;
    process.off('uncaughtException', callback);
    for (const other of others) process.on('uncaughtException', other);
  };
}

/** Colours only on a terminal, and not when NO_COLOR has any value or the terminal is dumb. */
export function wantsColours(env: Readonly<Record<string, string | undefined>>, terminal: boolean): boolean {
  return terminal && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

/** Writes until the stream fails; `lost` hears why, unless the reader just went away. A full disk throws at once or later, by the kind of stream. */
function quietWriter(stream: NodeJS.WriteStream, lost: (reason: string) => void): (text: string) => void {
  let open = true;
  const fail = (error: NodeJS.ErrnoException) => {
    if (open && error.code !== 'EPIPE') lost(error.code ?? error.message);
    open = false;
  };
  stream.on('error', fail);
  return (text) => {
    try {
      if (open) stream.write(text);
    } catch (error) {
      fail(error as NodeJS.ErrnoException);
    }
  };
}

/** Results that could not be written must not look like success, whatever else the command does. */
function tellLost(reason: string): void {
  process.stderr.write(`Failed to write results to standard output: ${reason}\n`);
  process.on('exit', (code) => {
    if (code === exitCodes.met) process.exitCode = exitCodes.inconclusive;
  });
}

/** How results look: painted or plain, in how many columns. */
export interface Look {
  readonly colours: Colours;
  /** Absent: any. */
  readonly width?: number;
}

/** The look for this world; `plain` turns colours and wrapping off. */
export async function lookOf(io: Io, plain = false): Promise<Look> {
  const { createColours } = await import('../report/console/colours.ts');
  const colours = createColours(io.coloured && !plain);
  return io.columns === undefined || plain ? { colours } : { colours, width: Math.max(40, io.columns) };
}
