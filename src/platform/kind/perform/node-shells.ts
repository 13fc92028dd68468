/** Shells kept open in nodes while an action is carried out: a command in an open one takes milliseconds, a new one a tenth of a second and, on a busy machine, a whole one, by which proofs would get wider. */
import { PassThrough } from 'node:stream';
import { OperatingError } from '../../../base/errors.ts';
import type { Engine } from '../engine.ts';

/** Shells of one action. */
export interface NodeShells {
  /**
   * Runs a script with bash in the container of a node, after those that were asked before; `args` are `$1`, `$2`, ... Gives what it printed.
   * Throws an OperatingError with what it said when its code is not 0, and when it does not end within 20 s or the container stops.
   */
  run(container: string, script: string, args?: readonly string[]): Promise<string>;
  /** Opens shells ahead, at once. One that cannot be opened is tried again by {@link run}. */
  open(containers: readonly string[]): Promise<void>;
  /** Ends them all. */
  close(): void;
}

const limitMs = 20_000;

/** No shell yet. */
export function createNodeShells(engine: Engine): NodeShells {
  const shells = new Map<string, Promise<Shell>>();
  const shell = (container: string) => {
    const known = shells.get(container);
    if (known !== undefined) return known;
    const opening = openShell(engine, container);
    shells.set(container, opening);
    opening
      .then(({ ended }) => ended)
      .then(
        () => forget(container, opening),
        () => forget(container, opening),
      );
    return opening;
  };
  const forget = (container: string, opening: Promise<Shell>) => {
    if (shells.get(container) === opening) shells.delete(container);
  };
  return {
    run: async (container, script, args = []) => (await shell(container)).run(script, args),
    open: async (containers) => {
      await Promise.allSettled(containers.map(shell));
    },
    close: () => {
      for (const opening of shells.values())
        opening.then(
          ({ close }) => close(),
          () => {},
        );
      shells.clear();
    },
  };
}

interface Shell {
  run(script: string, args: readonly string[]): Promise<string>;
  close(): void;
  /** Settles when the shell is gone. */
  readonly ended: Promise<void>;
}

async function openShell({ docker }: Engine, container: string): Promise<Shell> {
  const wrong = (cause: Error) => {
    throw new OperatingError(`Failed to open a shell in ${container}: ${cause.message}`, { cause });
  };
  const options = { Cmd: ['bash'], AttachStdin: true, AttachStdout: true, AttachStderr: true };
  const exec = await docker.getContainer(container).exec(options).catch(wrong);
  const stream = await exec.start({ hijack: true, stdin: true }).catch(wrong);
  const out = new PassThrough();
  const err = new PassThrough();
  docker.modem.demuxStream(stream, out, err);
  const ended = new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error']) stream.on(event, () => resolve());
  });
  const close = () => {
    stream.end();
    stream.destroy();
  };
  const shell = talk({ container, out, err, write: (text) => void stream.write(text), close, ended });
  // The engine says yes long before the program runs.
  await shell.run(':', []);
  return shell;
}

interface Line {
  readonly container: string;
  readonly out: PassThrough;
  readonly err: PassThrough;
  readonly write: (text: string) => void;
  readonly close: () => void;
  readonly ended: Promise<void>;
}

/** One script after the other over one line: what it prints ends with a mark and its code. */
function talk({ container, out, err, write, close, ended }: Line): Shell {
  let printed = '';
  let said = '';
  let arrived = () => {};
  out.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    arrived();
  });
  err.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  let last: Promise<unknown> = Promise.resolve();
  let count = 0;
  const one = async (script: string, args: readonly string[]): Promise<string> => {
    const mark = `ep-mark-${count++}`;
    printed = '';
    said = '';
    const answer = new Promise<Answer>((resolve) => {
      arrived = () => {
        const found = answerIn(printed, mark);
        if (found !== undefined) resolve(found);
      };
    });
    write(wrapped(script, args, mark));
    const { code, text } = await patience(answer, ended, container, close);
    if (code === 0) return text;
    const words = said.trim().split('\n').slice(-2).join('; ') || `it ended with ${code}`;
    throw new OperatingError(`Failed to act in ${container}: ${words}`);
  };
  const run = (script: string, args: readonly string[]) => {
    const next = last.then(
      () => one(script, args),
      () => one(script, args),
    );
    last = next;
    return next;
  };
  return { run, close, ended };
}

interface Answer {
  readonly code: number;
  readonly text: string;
}

/** The script in a shell of its own, so that `exit` and variables end with it. */
export function wrapped(script: string, args: readonly string[], mark: string): string {
  const quoted = args.map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(' ');
  return `(set -- ${quoted}\n${script}\n) </dev/null; printf '\\n%s %s\\n' ${mark} $?\n`;
}

/** What was printed before the mark, and the code after it; undefined until it has come. */
export function answerIn(printed: string, mark: string): Answer | undefined {
  const at = printed.lastIndexOf(`\n${mark} `);
  const end = printed.indexOf('\n', at + 1);
  if (at < 0 || end < 0) return undefined;
  return { text: printed.slice(0, at), code: Number(printed.slice(at + mark.length + 2, end)) };
}

async function patience<T>(answer: Promise<T>, ended: Promise<void>, container: string, close: () => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      close();
      reject(new OperatingError(`A command in ${container} did not end within ${limitMs / 1000} s`));
    }, limitMs);
  });
  const gone = ended.then(() => {
    throw new OperatingError(`The shell in ${container} ended`);
  });
  try {
    return await Promise.race([answer, gone, late]);
  } finally {
    clearTimeout(timer);
  }
}
