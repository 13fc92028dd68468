/** Work on clusters that Ctrl-C breaks off: the first lets it clean up, the second leaves at once. Apart because `up` and `down` have no faults to undo, unlike a run. */
import { exitCodes } from '../base/errors.ts';
import { asTyped } from './invocation.ts';
import type { Io } from './io.ts';

/** Does the work with a signal that the first interrupt aborts; gives the exit code, of which an aborted work has its own. `parting` is said when a second one leaves everything as it is. */
export async function interruptible(
  io: Io,
  parting: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const controller = new AbortController();
  const stop = io.onInterrupt(() => {
    if (controller.signal.aborted) {
      io.err(asTyped(`\n${parting}\n`, io.invocation));
      io.leave(exitCodes.unreverted);
      return;
    }
    io.err('\nAborting: removing what was begun. Ctrl-C again leaves at once.\n');
    controller.abort(new Error('interrupted'));
  });
  try {
    await work(controller.signal);
    return exitCodes.met;
  } catch (error) {
    if (controller.signal.aborted && error === controller.signal.reason) return exitCodes.aborted;
    throw error;
  } finally {
    stop();
  }
}
