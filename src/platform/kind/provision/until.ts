/** Waiting for a state of the clusters. Apart because every wait has a limit, heeds a signal, and says at its end what was still missing. */
import { setTimeout as pause } from 'node:timers/promises';
import { OperatingError } from '../../../base/errors.ts';

/** How a wait is bounded. */
export interface Bounds {
  readonly signal: AbortSignal;
  readonly limitMs: number;
}

/** Between two looks, ms. */
const periodMs = 500;

/** A look that does not come back is as good as one that failed, ms. */
const lookMsMax = 10_000;

/** Looks until nothing is missing any more. `look` gives what is missing in words, undefined when all is there; when it throws, its message is what is missing. Throws an OperatingError at the limit, the signal's reason when aborted. */
export async function until(
  what: string,
  look: () => Promise<string | undefined>,
  { signal, limitMs }: Bounds,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    const missing = await lookOnce(look);
    if (missing === undefined) return;
    if (performance.now() >= endMs)
      throw new OperatingError(`Failed to see ${what} within ${Math.round(limitMs / 1000)} s: ${missing}`);
    await pause(periodMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** The work's result, unless it is late or broken off: then the same errors. The work itself cannot be stopped and its end is not waited for. */
export async function within<T>(what: string, work: Promise<T>, { signal, limitMs }: Bounds): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  const either = AbortSignal.any([signal, limit]);
  const broken = new Promise<never>((_, reject) => {
    const end = () => {
      const late = new OperatingError(
        `Failed to ${what} within ${Math.round(limitMs / 1000)} s: Docker does not answer`,
      );
      reject(signal.aborted ? signal.reason : late);
    };
    if (either.aborted) end();
    else either.addEventListener('abort', end, { once: true });
  });
  broken.catch(() => undefined);
  work.catch(() => undefined);
  return Promise.race([work, broken]);
}

async function lookOnce(look: () => Promise<string | undefined>): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${lookMsMax / 1000} s`), lookMsMax);
  });
  try {
    return await Promise.race([look(), late]);
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'it failed';
  } finally {
    clearTimeout(timer);
  }
}
