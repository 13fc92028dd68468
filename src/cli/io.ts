/** What the command line has of the world: two streams, a width, interrupts. Apart so that tests call the commands without a process. */
import type { Colours } from '../report/console/colours.ts';

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
  /** Calls back on every interrupt (Ctrl-C, SIGTERM) until the given function is called. */
  readonly onInterrupt: (callback: () => void) => () => void;
  /** Ends the process at once. */
  readonly leave: (code: number) => void;
}

/** The process's own streams. A reader that went away (EPIPE) is no error: what is written then is dropped, and the run goes on to its end. */
export function processIo(): Io {
  return {
    out: quietWriter(process.stdout),
    err: quietWriter(process.stderr),
    columns: process.stdout.isTTY && process.stderr.isTTY ? process.stdout.columns : undefined,
    coloured: wantsColours(process.env, process.stdout.isTTY === true && process.stderr.isTTY === true),
    onInterrupt: (callback) => {
      process.on('SIGINT', callback);
      process.on('SIGTERM', callback);
      return () => {
        process.off('SIGINT', callback);
        process.off('SIGTERM', callback);
      };
    },
    leave: (code) => process.exit(code),
  };
}

/** Colours only on a terminal, and not when NO_COLOR has any value or the terminal is dumb. */
export function wantsColours(env: Readonly<Record<string, string | undefined>>, terminal: boolean): boolean {
  return terminal && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

function quietWriter(stream: NodeJS.WriteStream): (text: string) => void {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false;
    if (error.code !== 'EPIPE') throw error;
  });
  return (text) => {
    if (open) stream.write(text);
  };
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
