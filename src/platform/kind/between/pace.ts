/** Does something again and again, one at a time, until told to stop. Apart because every observer needs it and an overlap would queue up behind a slow peer. */
import type { Stop } from '../../../domain/event.ts';

/** Calls `work` every `everyMs` (from start to start; at once when one took longer). `work` handles its own errors; one that escapes is swallowed with its round. */
export function everyWhile(everyMs: number, work: () => Promise<void>): Stop {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const round = async () => {
    const startMs = performance.now();
    await work().catch(() => undefined);
    if (!stopped) timer = setTimeout(round, Math.max(0, everyMs - (performance.now() - startMs)));
  };
  void round();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
