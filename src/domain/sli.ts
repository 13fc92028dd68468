/** The streaming fold that says how each SLI stands while a run is under way; what it says becomes ordinary facts, so stories and stop conditions can ask for it. */
import type { Ms } from '../base/clock.ts';
import type { Traffic } from './event.ts';
import type { FactName, Observation, Subject } from './fact.ts';
import { createSlotQueue } from './sli-queue.ts';
import { createHealthWindow, type Health, type HealthWindow, holdMsDefault, slotMs, windowOf } from './sli-window.ts';
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

/** How a group stands. */
interface Standing {
  readonly window: HealthWindow;
  health: Health | undefined;
  healthySinceMs: Ms | undefined;
  steady: boolean;
}

function createServiceFold(service: string, limits: SteadyState): ServiceFold {
  const standings: Standing[] = [];
  const out: Observation[] = [];
  const queue = createSlotQueue(limits.p99MsMax, (slot, sums) => {
    const atMs = (slot + 1) * slotMs;
    queue.groups.forEach((group, g) => {
      standings[g] ??= newStanding(service, limits);
      const standing = standings[g];
      const before = standing.health;
      standing.health = standing.window.push(sums[g * 3] ?? 0, sums[g * 3 + 1] ?? 0, sums[g * 3 + 2] ?? 0);
      if (group.of === 'all') sayService(standing, before, service, atMs, out);
      else if (group.of === 'channel' && standing.health !== before)
        out.push(said('channel.healthy', { service, channel: group.channel }, standing.health, atMs));
    });
  });
  const numberOfSite = (site: string) => queue.groups.findIndex((group) => group.of === 'site' && group.site === site);
  return {
    take: (traffic) => {
      out.length = 0;
      queue.add(traffic);
      return out.length === 0 ? [] : [...out];
    },
    health: (site) => standings[site === undefined ? 0 : numberOfSite(site)]?.health ?? 'unknown',
  };
}

function newStanding(service: string, limits: SteadyState): Standing {
  const window = createHealthWindow(limits, windowOf(service, limits));
  return { window, health: undefined, healthySinceMs: undefined, steady: false };
}

function sayService(
  standing: Standing,
  before: Health | undefined,
  service: string,
  atMs: Ms,
  out: Observation[],
): void {
  const health = standing.health!;
  if (health !== before) out.push(said('sli.healthy', { service }, health, atMs));
  if (health !== 'healthy') standing.healthySinceMs = undefined;
  else standing.healthySinceMs ??= atMs;
  const steady = standing.healthySinceMs !== undefined && atMs - standing.healthySinceMs >= holdMsDefault;
  if (steady !== standing.steady || before === undefined)
    out.push({ fact: 'sli.steady', subject: { service }, value: steady, atMs });
  standing.steady = steady;
}

function said(fact: FactName, subject: Subject, health: Health, atMs: Ms): Observation {
  return { fact, subject, value: health === 'unknown' ? null : health === 'healthy', atMs };
}
