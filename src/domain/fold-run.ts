/** The fold of a timeline into what objectives ask of it: one pass, after which every query is a look-up. */
import { InputError } from '../base/errors.ts';
import type { RunEvent, RunEventOf, Traffic } from './event.ts';
import { type FactName, factKey, type Subject } from './fact.ts';
import { createFaultFold } from './fold-faults.ts';
import { loadReached } from './fold-load.ts';
import { createStateFold } from './fold-states.ts';
import type { FactChange, FoldedRun, Stretches } from './folded-run.ts';

type Numbered<T> = T & { readonly n: number };

/** Folds a timeline. Events in order of `n`. Throws an InputError when it does not begin with `run.started`. */
export function foldRun(events: readonly RunEvent[]): FoldedRun {
  const started = events[0];
  if (started?.type !== 'run.started') throw new InputError('Expected a timeline that begins with `run.started`');
  const parts = createParts();
  for (const event of events) take(parts, event);
  return assemble(started, parts);
}

function createParts() {
  return {
    faults: createFaultFold(),
    states: createStateFold(),
    phaseMs: {} as Record<string, number>,
    changes: new Map<string, FactChange[]>(),
    subjects: new Map<FactName, Subject[]>(),
    traffic: new Map<string, Numbered<Traffic>[]>(),
    channels: new Map<string, Set<string>>(),
    data: [] as RunEventOf<'data'>[],
    promotions: [] as RunEventOf<'promotion'>[],
    capacity: new Map<string, RunEventOf<'capacity'>[]>(),
    gaps: [] as RunEventOf<'gap'>[],
    planned: [] as RunEventOf<'load.planned'>[],
    audit: undefined as RunEventOf<'audit'> | undefined,
    ended: undefined as RunEventOf<'run.ended'> | undefined,
    loadEnded: undefined as RunEventOf<'load.ended'> | undefined,
    endMs: 0,
  };
}
type Parts = ReturnType<typeof createParts>;

function take(parts: Parts, event: RunEvent): void {
  parts.endMs = Math.max(parts.endMs, event.atMs, event.type === 'traffic' ? event.toMs : 0);
  switch (event.type) {
    case 'traffic':
      takeTraffic(parts, event);
      break;
    case 'fact':
      takeFact(parts, event);
      break;
    case 'phase':
      parts.phaseMs[event.phase] ??= event.atMs;
      break;
    case 'capacity':
      push(parts.capacity, event.workload, event);
      break;
    case 'data':
      parts.data.push(event);
      break;
    case 'promotion':
      parts.promotions.push(event);
      break;
    case 'gap':
      parts.gaps.push(event);
      break;
    case 'load.planned':
      parts.planned.push(event);
      break;
    case 'load.ended':
      parts.loadEnded = event;
      break;
    case 'audit':
      parts.audit = event;
      break;
    case 'run.ended':
      parts.ended = event;
      break;
    case 'state':
    case 'transition':
      parts.states.take(event);
      break;
    default:
      parts.faults.take(event);
  }
}

function takeTraffic(parts: Parts, event: RunEventOf<'traffic'>): void {
  push(parts.traffic, event.service, event);
  let channels = parts.channels.get(event.service);
  if (channels === undefined) {
    channels = new Set();
    parts.channels.set(event.service, channels);
  }
  channels.add(event.channel);
}

function takeFact(parts: Parts, event: RunEventOf<'fact'>): void {
  const key = factKey(event.fact, event.subject);
  if (!parts.changes.has(key)) push(parts.subjects, event.fact, event.subject);
  push(parts.changes, key, { n: event.n, atMs: event.atMs, seenMs: event.seenMs, value: event.value });
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function assemble(started: RunEventOf<'run.started'>, parts: Parts): FoldedRun {
  for (const list of parts.traffic.values()) inOrder(list, (stretch) => stretch.fromMs);
  for (const list of parts.changes.values()) inOrder(list, (change) => change.atMs);
  const faults = parts.faults.passes;
  const profileMs =
    parts.changes.get('load.started')?.find((change) => change.value === true)?.atMs ?? parts.phaseMs.story;
  const loadEndMs = parts.loadEnded?.atMs ?? parts.endMs;
  const loadWindow = profileMs === undefined ? undefined : { fromMs: profileMs, toMs: Math.max(profileMs, loadEndMs) };
  const traffic = createTrafficQuery(parts.traffic);
  return {
    started,
    endMs: parts.endMs,
    ended: parts.ended,
    phaseMs: parts.phaseMs,
    states: parts.states.states,
    ending: parts.states.ending(),
    endedByTimeout: parts.states.endedByTimeout(),
    faultsInjected: started.faultsInjected,
    faults,
    passes: (fault) => faults.filter((pass) => pass.fault === fault),
    landedPass: (fault) => faults.findLast((pass) => pass.fault === fault && pass.landed !== undefined),
    changes: (fact, subject) => parts.changes.get(factKey(fact, subject)) ?? [],
    subjects: (fact) => parts.subjects.get(fact) ?? [],
    traffic,
    loadWindow,
    unreverted: parts.faults.unreverted(),
    services: [...parts.traffic.keys()],
    channelsOf: (service) => [...(parts.channels.get(service) ?? [])],
    steadyState: started.steadyState,
    data: parts.data,
    promotions: parts.promotions,
    audit: parts.audit,
    capacity: (workload, site) =>
      (parts.capacity.get(workload) ?? []).filter((event) => site === undefined || event.site === site),
    gaps: (fromMs, toMs, fact) =>
      parts.gaps.filter(
        (gap) =>
          gap.fromMs < toMs &&
          gap.toMs > fromMs &&
          (fact === undefined || gap.facts.includes('*') || gap.facts.includes(fact)),
      ),
    loadReached: (fromMs, toMs) =>
      loadReached({ planned: parts.planned, ended: parts.loadEnded, profileMs, traffic }, fromMs, toMs),
  };
}

/** Events come in the order in which they were learned; folds want the order in which things happened. */
function inOrder<T>(list: T[], ms: (item: T) => number): void {
  for (let i = 1; i < list.length; i++)
    if (ms(list[i]!) < ms(list[i - 1]!)) {
      list.sort((a, b) => ms(a) - ms(b));
      return;
    }
}

function createTrafficQuery(all: ReadonlyMap<string, Stretches>): FoldedRun['traffic'] {
  const known = new Map<string, Stretches>();
  return (service, where = {}) => {
    const list = all.get(service) ?? [];
    if (where.channel === undefined && where.site === undefined) return list;
    const key = `${service}|${where.channel ?? ''}|${where.site ?? ''}`;
    const found =
      known.get(key) ??
      list.filter(
        (stretch) =>
          (where.channel === undefined || stretch.channel === where.channel) &&
          (where.site === undefined || stretch.site === where.site),
      );
    known.set(key, found);
    return found;
  };
}
