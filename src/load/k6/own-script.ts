/** A user's own k6 script in place of the profile: what it is told, and how the load balancer's log stands in for the client's. Apart because such a script writes no log that is known here. */
import type { LoadPlan } from '../../domain/load.ts';
import type { K6Exit } from './process.ts';

/** What the script finds in `__ENV`, beside the environment of the run. Rates are of all channels together, scaled, requests per second. */
export interface ScriptEnvironment {
  readonly [name: string]: string;
  /** Where customers ask: `http://127.0.0.1:8080`. */
  readonly ENTRY_URL: string;
  readonly SERVICE: string;
  readonly BASE: string;
  readonly PEAK: string;
  /** How long a customer waits. */
  readonly TIMEOUT_MS: string;
  /** The whole plan: per channel its name, base and peak rate, and points of (ms since the start, requests per second). */
  readonly PLAN_JSON: string;
}

/** The environment of a plan. */
export function scriptEnvironment(plan: LoadPlan, entryUrl: string, timeoutMs: number): ScriptEnvironment {
  const sum = (of: (channel: LoadPlan['channels'][number]) => number) =>
    String(plan.channels.reduce((all, channel) => all + of(channel), 0));
  return {
    ENTRY_URL: entryUrl,
    SERVICE: plan.service,
    BASE: sum((channel) => channel.rateRpsBase),
    PEAK: sum((channel) => channel.rateRpsPeak),
    TIMEOUT_MS: String(timeoutMs),
    PLAN_JSON: JSON.stringify(plan),
  };
}

/** k6's exit code of a script whose thresholds were crossed: a verdict of its own, not a broken load. */
const thresholdsCode = 99;

/** Whether a script that ended by itself did so in order. */
export function endedInOrder({ code }: K6Exit): boolean {
  return code === 0 || code === thresholdsCode;
}
