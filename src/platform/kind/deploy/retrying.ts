/** Asks a cluster again while its answer is one that passes: API servers that have just started refuse, know no kinds, or say 403 until their authoriser is ready. Apart because every call of a deployment goes through it. */
import { OperatingError } from '../../../base/errors.ts';

/** Between tries, ms. */
const pauseMs = 400;
/** How long one call is tried, ms. */
const limitMs = 60_000;

/** What `work` gives once it succeeds. Throws an OperatingError that says what could not be done, at once for an answer that will stay. */
export async function retrying<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (cause) {
      if (!passes(cause) || performance.now() > endMs)
        throw new OperatingError(`Failed to ${what}: ${inWords(cause)}`, { cause });
    }
    await pause(pauseMs, signal);
  }
}

/** Waits, or ends early when aborted (without throwing). */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** HTTP status of a failed call; undefined when nothing answered. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** 404: a kind whose definition is not served yet; 409: somebody wrote in between. */
const passing: readonly number[] = [401, 403, 404, 408, 409, 429, 500, 502, 503, 504];

function passes(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined) return passing.includes(status);
  // A bad object is refused by a mistake of ours in the client, not by the network.
  return !(error instanceof TypeError && !/fetch/.test(error.message));
}

/** The API server's own message where there is one. */
export function inWords(error: unknown): string {
  const { body, message } = error as { body?: unknown; message?: string };
  const text = typeof body === 'string' ? messageIn(body) : undefined;
  return text ?? (message ?? String(error)).split('\n')[0]!;
}

function messageIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { message?: string }).message;
  } catch {
    return undefined;
  }
}
