/** What k6 carries on this machine: what is believed before anything is measured, and a short measurement. Apart because a load beyond it makes every verdict unknown, so it is better refused. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Problem } from '../../base/errors.ts';
import { formatCount } from '../../base/format.ts';
import type { RunEventBody } from '../../domain/event.ts';
import type { LoadPlan } from '../../domain/load.ts';
import { levelAt } from '../../domain/load-plan.ts';
import { createK6Load } from './k6-load.ts';

/** Requests per second and core that k6 asks beside two clusters without dropping any. Measured: 1,000 a second on 2 cores dropped 5 of 30,000, 2,000 dropped 337 of 60,000 and took 100 ms. Higher lets loads through that are not reached. */
const rateRpsPerCore = 500;

/** The highest rate that is planned for a machine of so many cores. */
export function rateRpsMaxOf(cores: number): number {
  return rateRpsPerCore * Math.max(1, cores);
}

/** The highest rate of all channels together inside the plan. */
export function peakRpsOf({ channels }: LoadPlan): number {
  const corners = channels.flatMap(({ points }) => points.map(([ms]) => ms));
  // A step has two values at its moment: the one before it counts, too.
  const moments = [...new Set(corners.flatMap((ms) => [Math.max(0, ms - 1), ms]))];
  const at = (ms: number) => channels.reduce((sum, { points }) => sum + levelAt(points, ms), 0);
  return moments.reduce((most, ms) => Math.max(most, at(ms)), 0);
}

/** Why the plan cannot be played on this machine, with the scale that would fit; undefined when it can. `scale`: that of the plan. */
export function tooMuchLoad(
  plan: LoadPlan,
  { cores, scale }: { readonly cores: number; readonly scale: number },
): Problem | undefined {
  const peakRps = peakRpsOf(plan);
  const mostRps = rateRpsMaxOf(cores);
  if (peakRps <= mostRps) return undefined;
  return {
    message: `Expected a load of at most ${formatCount(mostRps)} requests per second on ${cores} cores, got ${formatCount(peakRps)}`,
    hint: `Add --scale ${fittingScale(scale * (mostRps / peakRps))}, which makes rates and what a pod can serve smaller alike.`,
  };
}

/** Downwards to two digits. */
function fittingScale(scale: number): string {
  const digits = 1 - Math.floor(Math.log10(scale));
  const factor = 10 ** digits;
  return String(Number((Math.floor(scale * factor + 1e-9) / factor).toFixed(Math.max(0, digits))));
}

/** What was measured. */
export interface Carried {
  /** Started requests per second. */
  readonly askedRps: number;
  readonly reached: boolean;
  /** In words. */
  readonly text: string;
}

/** Plays a constant rate for some seconds against a server of its own, or against `url`, and says what was reached. Everything of it stays in `folder`. Rejects with the signal's reason when it aborts. */
export async function measureCarryableRps(options: {
  readonly rateRps: number;
  readonly seconds: number;
  readonly folder: string;
  readonly clock: Clock & { readonly epochMs: number };
  readonly signal: AbortSignal;
  readonly url?: string;
}): Promise<Carried> {
  const { rateRps, seconds, folder, clock, signal } = options;
  const own = options.url === undefined ? await openYesServer() : undefined;
  const url = options.url ?? own!.url;
  const load = createK6Load({ entry: () => ({ url }), clock, folder, runId: 'capacity' });
  const limitMs = seconds * 1_000;
  const points = [[0, rateRps] as const, [limitMs, rateRps] as const];
  const plan = {
    service: 'capacity',
    limitMs,
    channels: [{ name: 'capacity', rateRpsBase: 0, rateRpsPeak: rateRps, points }],
  };
  let asked = 0;
  const count = (event: RunEventBody) => {
    if (event.type === 'traffic') asked += event.asked;
  };
  try {
    await load.warmUp(plan, count, signal);
    load.play();
    await elapse(clock, limitMs, signal);
  } catch (error) {
    await load.stop();
    throw error;
  } finally {
    own?.close();
  }
  const { reached, text = '' } = await load.stop();
  return { askedRps: asked / seconds, reached, text };
}

function elapse(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    clock.at(clock.now() + ms, resolve);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A server that says yes to everything at once. */
async function openYesServer(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    response.end('{}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}
