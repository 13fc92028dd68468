/** Watches the SLIs of the scenario's stop conditions while the story plays. Apart because it uses the same streaming fold as judging, with limits of its own. */
import type { Ms } from '../base/clock.ts';
import type { Traffic } from '../domain/event.ts';
import type { StopCondition } from '../domain/scenario.ts';
import { createSliFold } from '../domain/sli.ts';
import type { SteadyState } from '../domain/topology.ts';

/** Takes traffic; calls `stop` once, for the first condition that was broken for as long as it says. */
export function watchStopConditions(
  conditions: readonly StopCondition[],
  steadyState: Readonly<Record<string, SteadyState>>,
  stop: (condition: string, text: string) => void,
): (traffic: Traffic) => void {
  const watches = conditions.map((condition) => createWatch(condition, steadyState));
  let stopped = false;
  return (traffic) => {
    for (const watch of watches) {
      const text = stopped ? undefined : watch.take(traffic);
      if (text === undefined) continue;
      stopped = true;
      stop(watch.says, text);
    }
  };
}

function createWatch(condition: StopCondition, steadyState: Readonly<Record<string, SteadyState>>) {
  const { service, site, successRatioMin, forMs } = condition;
  const slis = createSliFold({ [service]: { ...steadyState[service], successRatioMin } });
  const says = `${service}${site === undefined ? '' : ` in ${site}`} under ${successRatioMin * 100} %`;
  let sinceMs: Ms | undefined;
  const take = (traffic: Traffic): string | undefined => {
    if (traffic.service !== service) return undefined;
    slis.take(traffic);
    if (!slis.burning(service, site)) sinceMs = undefined;
    else sinceMs ??= traffic.toMs;
    if (sinceMs === undefined || traffic.toMs - sinceMs < forMs) return undefined;
    return `${says} for ${(traffic.toMs - sinceMs) / 1000} s`;
  };
  return { says, take };
}
