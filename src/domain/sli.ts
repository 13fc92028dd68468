/** The streaming fold that says how each SLI stands while a run is under way; what it says becomes ordinary facts, so stories and stop conditions can ask for it. */
import type { Ms } from '../base/clock.ts';
import type { Traffic } from './event.ts';
import type { FactName, FactValue, Observation, Subject } from './fact.ts';
import { createSlotQueue, type SlotQueue } from './sli-queue.ts';
import { createHealthWindow, type Health, holdMsDefault, slotMs, windowOf } from './sli-window.ts';
import type { SteadyState } from './topology.ts';

/** A fold over traffic, in any order of sites and channels but each of them in order of time. */
export interface SliFold {
  /** Takes one stretch; gives the facts that changed with the slots that it made final: `sli.healthy`, `sli.steady`, `channel.healthy`. `atMs` of each is the end of the window. Null: too few samples. */
  take(traffic: Traffic): readonly Observation[];
  /** Whether the newest final window of the service, over all sites or in one, is outside its steady state. Too few samples is not burning. */
  burning(service: string, site?: string): boolean;
}

/** A fold that knows the steady states of these SLIs; traffic of others is ignored. */
export function createSliFold(steadyState: Readonly<Record<string, SteadyState>>): SliFold {
  const services = new Map<string, ServiceFold>();
  for (const [service, limits] of Object.entries(steadyState))
    services.set(service, createServiceFold(service, limits));
  return {
    take: (traffic) => services.get(traffic.service)?.take(traffic) ?? [],
    burning: (service, site) => services.get(service)?.health(site) === 'unhealthy',
  };
}

interface ServiceFold {
  take(traffic: Traffic): readonly Observation[];
  health(site: string | undefined): Health;
}

/** What is summed: everything, one site, or one channel over all sites. */
interface Group {
  readonly push: (ok: number, bad: number, slow: number) => Health;
  health: Health | undefined;
  healthySinceMs: Ms | undefined;
  steady: boolean;
}

function createServiceFold(service: string, limits: SteadyState): ServiceFold {
  const groups = new Map<string, Group>();
  const out: Observation[] = [];
  const say = (fact: FactName, subject: Subject, value: FactValue, atMs: Ms) =>
    void out.push({ fact, subject, value, atMs });
  const groupOf = (key: string): Group => {
    let group = groups.get(key);
    if (group === undefined) {
      const window = createHealthWindow(limits, windowOf(service));
      group = { push: window.push, health: undefined, healthySinceMs: undefined, steady: false };
      groups.set(key, group);
    }
    return group;
  };
  groupOf(allKey);
  const queue: SlotQueue = createSlotQueue(limits.p99MsMax, (slot, of) => {
    const atMs = (slot + 1) * slotMs;
    for (const key of queue.keys()) groupOf(key);
    for (const [key, group] of groups) {
      const share = of(key);
      const before = group.health;
      group.health = group.push(share.ok, share.bad, share.slow);
      if (key === allKey) sayService(group, before, service, atMs, say);
      else if (key.startsWith('channel ') && group.health !== before)
        say('channel.healthy', { service, channel: key.slice(8) }, factValueOf(group.health), atMs);
    }
  });
  return {
    take: (traffic) => {
      out.length = 0;
      queue.add(traffic);
      return out.length === 0 ? [] : [...out];
    },
    health: (site) => groups.get(site === undefined ? allKey : `site ${site}`)?.health ?? 'unknown',
  };
}

const allKey = 'all';

function sayService(
  group: Group,
  before: Health | undefined,
  service: string,
  atMs: Ms,
  say: (fact: FactName, subject: Subject, value: FactValue, atMs: Ms) => void,
): void {
  const health = group.health!;
  if (health !== before) say('sli.healthy', { service }, factValueOf(health), atMs);
  if (health !== 'healthy') group.healthySinceMs = undefined;
  else group.healthySinceMs ??= atMs;
  const steady = group.healthySinceMs !== undefined && atMs - group.healthySinceMs >= holdMsDefault;
  if (steady !== group.steady || before === undefined) say('sli.steady', { service }, steady, atMs);
  group.steady = steady;
}

function factValueOf(health: Health): FactValue {
  return health === 'unknown' ? null : health === 'healthy';
}
