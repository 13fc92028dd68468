/** What each phase of the life cycle does. Apart from the life cycle, which only knows their order. */
import type { Ms } from '../base/clock.ts';
import { OperatingError } from '../base/errors.ts';
import type { Phase, Stop } from '../domain/event.ts';
import { factKey } from '../domain/fact.ts';
import type { Journal } from '../platform/platform.ts';
import type { Bus } from './bus.ts';
import type { Unreverted } from './healing.ts';
import type { Injector } from './injector.ts';
import type { RunRequest } from './run-request.ts';
import type { StoryPhase } from './story-phase.ts';
import type { UndoJournal } from './undo-journal.ts';
import type { Waits } from './waits.ts';

/** Warm-up lasts at least this long, so that no first window of an SLI is cold; it is given up after `limitMs`. */
const warmUp = { atLeastMs: 20_000, limitMs: 180_000 } as const;
/** The hold time of `sli.steady` is 10 s; this leaves room to find it again after a wobble. */
const steadyLimitMs: Ms = 120_000;
/** At least one hold time of a recovery (10 s) and a window more; given up after `limitMs`. */
const quiet = { atLeastMs: 15_000, limitMs: 120_000 } as const;

/** The parts of a run that phases work with. */
export interface Parts {
  readonly request: RunRequest;
  readonly bus: Bus;
  readonly waits: Waits;
  readonly journal: UndoJournal;
  readonly injector: Injector;
  readonly story: StoryPhase;
  /** Whether what happened so far leaves anything to explain. */
  readonly wentWrong: () => boolean;
  /** Aborted by the second wish to stop only: observers must see the healing that the first one causes. */
  readonly lasting: AbortSignal;
}

/** The work of each phase. `signal` aborts the phase; heal and teardown are given one that only the second wish to stop aborts. */
export interface Phases {
  readonly work: Readonly<Record<Exclude<Phase, 'ended'>, (signal: AbortSignal) => Promise<void>>>;
  unreverted(): readonly Unreverted[];
}

/** The phases of one run. */
export function createPhases(parts: Parts): Phases {
  const { request, bus, waits, journal, injector, story } = parts;
  const { platform, load, topology, plan } = request;
  const slis = request.slisAwaited ?? Object.keys(topology.steadyState);
  let unreverted: readonly Unreverted[] = [];
  let stopObserving: Stop = () => {};
  let loading = false;

  const every = (fact: 'sli.healthy' | 'sli.steady') => () =>
    slis.every((service) => bus.facts.get(factKey(fact, { service }))?.value === true);
  const stopLoad = async () => {
    if (!loading) return;
    loading = false;
    const { reached, text } = await load.stop();
    bus.tell({ type: 'load.ended', reached, ...(text === undefined ? {} : { text }) });
  };
  const handles: Journal = { handle: (handle) => journal.write({ kind: 'handle', handle }) };
  const work: Phases['work'] = {
    provision: async (signal) => {
      await platform.provision(topology, handles, signal);
      stopObserving = platform.observe(bus.publish, parts.lasting);
    },
    deploy: (signal) => platform.deploy(topology, signal),
    'warm-up': async (signal) => {
      bus.tell({ type: 'load.planned', service: plan.service, channels: plannedChannels(request) });
      loading = true;
      await load.warmUp(plan, bus.publish, signal);
      await expectWithin(
        waits.until(every('sli.healthy'), { ...warmUp, signal }),
        'warm-up',
        notYet(bus, slis, 'sli.healthy'),
      );
    },
    steady: (signal) =>
      expectWithin(
        waits.until(every('sli.steady'), { limitMs: steadyLimitMs, signal }),
        'steady',
        notYet(bus, slis, 'sli.steady'),
      ),
    story: (signal) => {
      load.play();
      return story.play(signal);
    },
    heal: async (signal) => {
      unreverted = await injector.healAll(signal);
    },
    quiet: async (signal) => {
      await waits.until(() => isQuiet(bus) && every('sli.steady')(), { ...quiet, signal });
    },
    verify: async (signal) => {
      await stopLoad();
      bus.tell(await platform.audit(signal));
    },
    teardown: async (signal) => {
      try {
        await stopLoad();
        if (platform.keepEvidence !== undefined && parts.wentWrong()) await platform.keepEvidence(signal);
        stopObserving();
      } finally {
        await platform.teardown(signal);
      }
      journal.write({ kind: 'gone' });
    },
  };
  return { work, unreverted: () => unreverted };
}

/** Replication has caught up and both sites hold the same, as far as anybody observes it. */
function isQuiet(bus: Bus): boolean {
  for (const fact of ['replication.caught-up', 'data.converged'] as const)
    for (const { value } of bus.facts.of(fact)) if (value !== true) return false;
  return true;
}

async function expectWithin(waiting: Promise<boolean>, phase: string, missing: () => string): Promise<void> {
  if (!(await waiting))
    throw new OperatingError(`The platform did not come to its steady state in ${phase}: ${missing()}`);
}

function notYet(bus: Bus, slis: readonly string[], fact: 'sli.healthy' | 'sli.steady'): () => string {
  return () =>
    slis
      .filter((service) => bus.facts.get(factKey(fact, { service }))?.value !== true)
      .map((service) => `${service} is not ${fact === 'sli.healthy' ? 'healthy' : 'steady'}`)
      .join(', ');
}

function plannedChannels({ plan }: RunRequest) {
  return Object.fromEntries(
    plan.channels.map(({ name, rateRpsBase, rateRpsPeak, points }) => [
      name,
      { rateRpsBase, rateRpsPeak, planned: points },
    ]),
  );
}
