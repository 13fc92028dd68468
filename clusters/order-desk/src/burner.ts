/** Burns the CPU time that a request is said to cost. Apart because what the program needs anyway is taken off it, and because it must not hold up anybody's answer. */

/** Burns. */
export interface Burner {
  /** One more request is to be paid for. */
  owe(): void;
  /** CPU time still to be burnt, ms. */
  owedMs(): number;
}

const tickMs = 10;
/** Longest piece at a stretch, ms: timers of other requests are late by as much. When much is owed it is twice as long. */
const pieceMsMax = 4;
const muchMs = 200;

/** A burner of `cpuMs` per request. Everything that the process does while something is owed counts as paid. */
export function createBurner(cpuMs: number): Burner {
  let owedMs = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  let usedMs = 0;
  const tick = () => {
    // A tenth of what is owed per tick spreads a burst over some 100 ms; what the program itself did is paid already.
    burn(Math.min(owedMs > muchMs ? 2 * pieceMsMax : pieceMsMax, Math.max(0.3, owedMs / 10), owedMs));
    const nowMs = cpuUsedMs();
    owedMs -= nowMs - usedMs;
    usedMs = nowMs;
    if (owedMs > 0) return;
    owedMs = 0;
    clearInterval(timer);
    timer = undefined;
  };
  return {
    owe: () => {
      if (cpuMs <= 0) return;
      owedMs += cpuMs;
      if (timer !== undefined) return;
      usedMs = cpuUsedMs();
      timer = setInterval(tick, tickMs);
    },
    owedMs: () => owedMs,
  };
}

function cpuUsedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function burn(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
