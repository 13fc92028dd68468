/** Asks each API server of a site: ten times a second on a kept connection whether it answers at all, once a second on a fresh one for /readyz. All of /readyz ten times a second would cost each server a tenth of a core. */
import { Agent } from 'node:https';
import type { SecureContext } from 'node:tls';
import type { Clock, Ms } from '../../../base/clock.ts';
import type { Stop } from '../../../domain/event.ts';
import { apiPort, apiServerName } from './api-target.ts';
import { call } from './call.ts';
import { every } from './every.ts';

/** Period on the kept connection, ms. */
const keptMs = 100;
/** Period on fresh connections, ms. */
const freshMs = 1_000;
/** A server that says nothing for this long is not ready, ms: its own check of etcd takes up to 2 s, and an election is not yet an outage. */
const silentMsMax = 2_500;

interface Answer {
  readonly ready: boolean;
  /** When it showed: silence from the asking on, everything else when it came. */
  readonly atMs: Ms;
  /** The connection broke before an answer came. */
  readonly broke: boolean;
}

/** Probes the server at `address` from now on. Ready means that both ways are answered with 200. */
export function probeServer(
  clock: Clock,
  {
    address,
    secureContext,
    phaseMs,
  }: { readonly address: string; readonly secureContext: SecureContext; readonly phaseMs: Ms },
  onReady: (ready: boolean, atMs: Ms) => void,
): Stop {
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  const fresh = new Agent({ keepAlive: false, maxCachedSessions: 2 });
  const ready = { kept: true, fresh: true };
  const pending = { kept: false, fresh: false };
  let stopped = false;
  const ask = async (way: 'kept' | 'fresh') => {
    if (pending[way]) return;
    pending[way] = true;
    const path = paths[way];
    let answer = await readyz(clock, way === 'kept' ? kept : fresh, path, address, secureContext);
    // A kept connection may have been closed for age: only a new one says that nobody listens.
    if (way === 'kept' && answer.broke) answer = await readyz(clock, kept, path, address, secureContext);
    pending[way] = false;
    if (stopped) return;
    ready[way] = answer.ready;
    onReady(ready.kept && ready.fresh, answer.atMs);
  };
  const stops = [
    every(clock, keptMs, phaseMs, () => void ask('kept')),
    every(clock, freshMs, phaseMs + keptMs / 2, () => void ask('fresh')),
    // What is down is asked for afresh as often as on the kept connection, or its return would be seen late.
    every(clock, keptMs, phaseMs + keptMs / 2, () => {
      if (!ready.fresh) void ask('fresh');
    }),
  ];
  return () => {
    stopped = true;
    for (const stop of stops) stop();
    kept.destroy();
    fresh.destroy();
  };
}

/** The check `ping` alone answers as long as the server serves; without a name all checks are made, etcd's among them. */
const paths = { kept: '/readyz/ping', fresh: '/readyz' } as const;

async function readyz(
  clock: Clock,
  agent: Agent,
  path: string,
  address: string,
  secureContext: SecureContext,
): Promise<Answer> {
  const askedMs = clock.now();
  const target = { agent, address, port: apiPort, servername: apiServerName, secureContext, limitMs: silentMsMax };
  const { status, timedOut } = await call({ ...target, method: 'GET', path });
  const broke = status === undefined && !timedOut;
  return { ready: status === 200, broke, atMs: timedOut ? askedMs : clock.now() };
}
