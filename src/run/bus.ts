/** Where everything that happens in a run comes together: written to the timeline, folded into facts, told to whoever waits. Apart so that the platform, the load and the injector speak through one mouth. */
import type { Clock, Ms } from '../base/clock.ts';
import type { Publish, RunEvent, RunEventBody } from '../domain/event.ts';
import { createFactFold, type FactName, type Facts } from '../domain/fact.ts';
import type { SliFold } from '../domain/sli.ts';
import type { Timeline } from './timeline.ts';

/** The bus of one run. */
export interface Bus {
  readonly facts: Facts;
  /** Writes an event that happened now. */
  tell(body: RunEventBody): RunEvent;
  /** For platform and load: writes an event by its source's stamp, folds it, tells listeners. */
  readonly publish: Publish;
  /** Hears which fact has changed, after it was folded. */
  onFact(listener: (fact: FactName) => void): void;
  /** Hears every event of traffic, after it was folded. */
  onTraffic(listener: (event: Extract<RunEventBody, { type: 'traffic' }>) => void): void;
}

/** A bus that writes to `timeline`; `slis` turns traffic into facts. */
export function createBus(options: {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly slis: SliFold;
}): Bus {
  const { clock, timeline, slis } = options;
  const facts = createFactFold();
  const factListeners: ((fact: FactName) => void)[] = [];
  const trafficListeners: ((event: Extract<RunEventBody, { type: 'traffic' }>) => void)[] = [];
  const publish = (body: RunEventBody, atMs: Ms) => {
    const seenMs = clock.now();
    timeline.append(body, atMs, seenMs);
    if (body.type === 'fact') {
      const { fact, subject, value } = body;
      facts.take({ fact, subject, value, atMs: Math.min(atMs, seenMs) }, seenMs);
      for (const listener of factListeners) listener(fact);
    }
    if (body.type === 'traffic') {
      for (const { fact, subject, value, atMs: happenedMs } of slis.take(body))
        publish({ type: 'fact', fact, subject, value }, happenedMs);
      for (const listener of trafficListeners) listener(body);
    }
  };
  return {
    facts,
    publish,
    tell: (body) => timeline.append(body, clock.now(), clock.now()),
    onFact: (listener) => void factListeners.push(listener),
    onTraffic: (listener) => void trafficListeners.push(listener),
  };
}
