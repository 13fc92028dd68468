/** Asks an API server again when it did not answer. Apart because connections that are reset are normal where API servers are killed, and what is asked here harms nobody when asked twice. */

const tries = 8;
const pauseMs = 500;

/** What `work` gives once it succeeds; throws its last error after 8 tries, half a second apart. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let i = 1; ; i++) {
    try {
      return await work();
    } catch (cause) {
      if (i === tries) throw cause;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/** The API server's reason in a few words. */
export function apiReason(cause: unknown): string {
  const { code, message } = cause as { code?: unknown; message?: string };
  return typeof code === 'number' ? `the API server answered ${code}` : (message ?? String(cause)).split('\n')[0]!;
}
