/** Ctrl-C: the first aborts and cleans up, the second leaves at once and says what is still broken. */
import { exitCodes } from '../base/errors.ts';
import type { RunEvent } from '../domain/event.ts';
import { plainText } from '../report/plain-text.ts';
import { quote } from '../report/repeat-command.ts';
import { createBrokenFold } from './broken.ts';
import { asTyped } from './invocation.ts';
import type { Io } from './io.ts';

/** Watches for interrupts during one command. */
export interface Interrupts {
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal;
  /** Notes what is broken and what is whole again. */
  readonly take: (event: RunEvent) => void;
  /** A run begins in this folder: what the second interrupt names. */
  readonly begin: (folder: string) => void;
  readonly stop: () => void;
}

/** Starts to watch. */
export function watchInterrupts(io: Io): Interrupts {
  const controller = new AbortController();
  let broken = createBrokenFold();
  let folder: string | undefined;
  const stop = io.onInterrupt(() => {
    if (!controller.signal.aborted) {
      io.err('\nAborting: healing what was broken, then cleaning up. Ctrl-C again leaves at once.\n');
      controller.abort(new Error('interrupted'));
      return;
    }
    io.err(asTyped(partingText(broken.names(), folder), io.invocation));
    io.leave(broken.names().length === 0 ? exitCodes.aborted : exitCodes.unreverted);
  });
  return {
    signal: controller.signal,
    stop,
    take: (event) => broken.take(event),
    begin: (next) => {
      folder = next;
      broken = createBrokenFold();
    },
  };
}

function partingText(broken: readonly string[], folder: string | undefined): string {
  if (broken.length === 0) return '\nLeaving. Nothing was left broken.\n';
  const heal = folder === undefined ? '' : `\nHeal    elevenproof heal ${quote(folder)}`;
  return `\nLeaving. Left unreverted: ${plainText(broken.join(', '))}${heal}\n`;
}
