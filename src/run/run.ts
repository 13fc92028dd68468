/** Makes one run: puts the parts together, walks the life cycle, and ends it in every case with healing and teardown. The platform's clock is the only time it knows. */
import { exitCodes, InputError, OperatingError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import type { Phase, RunEvent, RunEventBody } from '../domain/event.ts';
import type { Scenario } from '../domain/scenario.ts';
import { createSliFold } from '../domain/sli.ts';
import { coverageOf } from '../domain/story-coverage.ts';
import { judge } from '../judge/judge.ts';
import { type Bus, createBus } from './bus.ts';
import { createInjector, type Injector } from './injector.ts';
import { createLife, type PhaseEnd } from './life-cycle.ts';
import { createPhases, type Phases } from './phases.ts';
import type { RunOutcome, RunRequest } from './run-request.ts';
import { watchStopConditions } from './stop-conditions.ts';
import { createStoryPhase, type StoryPhase } from './story-phase.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { createUndoJournal, type UndoJournal } from './undo-journal.ts';
import { createWaits } from './waits.ts';

/** Makes a run. Throws an InputError, before anything is touched, when the folder holds a run already; otherwise always gives an outcome. */
export async function run(request: RunRequest): Promise<RunOutcome> {
  const journal = createUndoJournal(request.folder);
  const abort = new AbortController();
  const timeline = createTimeline({
    folder: request.folder,
    onEvent: request.onEvent,
    onLost: (error) => abort.abort(error.message),
  });
  try {
    return await walk(request, timeline, journal, abort);
  } finally {
    timeline.close();
    journal.close();
  }
}

async function walk(
  request: RunRequest,
  timeline: Timeline,
  journal: UndoJournal,
  abort: AbortController,
): Promise<RunOutcome> {
  const { scenario, platform } = request;
  const forward = () => abort.abort(brokenOff(request.signal) ?? 'aborted on request');
  if (request.signal.aborted) forward();
  request.signal.addEventListener('abort', forward);
  journal.write({ kind: 'run', platform: platform.name, scenario: scenario.name });
  const second = request.operatorSignal ?? new AbortController().signal;
  const life = createLife();
  const wentWrong = () => life.context().how !== 'complete' || !isMetSoFar(timeline.events, scenario);
  const { bus, phases } = assemble({ request, timeline, journal, abort, lasting: second, wentWrong });
  bus.tell(startedEvent(request));
  for (let phase = life.phase(); phase !== 'ended'; phase = life.phase()) {
    bus.tell({ type: 'phase', phase });
    const noted = life.context().exitCodes.includes(brokenOff(abort.signal)?.exitCode ?? exitCodes.aborted);
    life.end(await perform(phase, phases, { first: abort.signal, second, noted }));
    timeline.sync();
  }
  request.signal.removeEventListener('abort', forward);
  const { how, because, exitCodes: codes } = life.context();
  bus.tell({ type: 'phase', phase: 'ended' });
  bus.tell({ type: 'run.ended', how, ...(because === undefined ? {} : { text: because }) });
  timeline.sync();
  const unreverted = phases.unreverted();
  const exitHints = unreverted.length > 0 ? [...codes, exitCodes.unreverted] : codes;
  const coverage = coverageOf(scenario.story, timeline.events);
  return { events: timeline.events, how, because, unreverted, coverage, exitHints };
}

/** Whether all would be met if the run ended now, in order: before its teardown it has not, and a torn run is never met. */
function isMetSoFar(events: readonly RunEvent[], scenario: Scenario): boolean {
  const nowMs = events.at(-1)?.seenMs ?? 0;
  const end: RunEvent = { n: events.length, atMs: nowMs, seenMs: nowMs, type: 'run.ended', how: 'complete' };
  return judge([...events, end], scenario).standing === 'met';
}

interface Assembly {
  readonly request: RunRequest;
  readonly timeline: Timeline;
  readonly journal: UndoJournal;
  readonly abort: AbortController;
  readonly lasting: AbortSignal;
  readonly wentWrong: () => boolean;
}

function assemble(assembly: Assembly): { readonly bus: Bus; readonly phases: Phases } {
  const { request, timeline, journal, abort, lasting, wentWrong } = assembly;
  const { scenario, platform, topology } = request;
  const { clock } = platform;
  const waits = createWaits(clock);
  const bus = createBus({ clock, timeline, slis: createSliFold(topology.steadyState) });
  const story: StoryPhase = createStoryPhase({ scenario, bus, waits, clock, injector: () => injector });
  const injector: Injector = createInjector({
    faults: scenario.faults,
    ground: topology,
    platform,
    bus,
    waits,
    journal,
    sync: timeline.sync,
    random: createRandom(request.seed).fork('targets'),
    noFaults: request.noFaults,
    duds: request.duds,
    onLanded: story.landed,
  });
  bus.onFact(waits.changed);
  const phases = createPhases({ request, bus, waits, journal, injector, story, wentWrong, lasting });
  const watch = watchStopConditions(scenario.stopWhen, topology.steadyState, (condition, text) => {
    bus.tell({ type: 'stop', condition, text });
    abort.abort(`stop condition: ${text}`);
  });
  return { bus, phases: whileInStory(phases, bus, watch) };
}

/** Stop conditions count only while the story plays. */
function whileInStory(phases: Phases, bus: Bus, watch: ReturnType<typeof watchStopConditions>): Phases {
  let inStory = false;
  bus.onTraffic((traffic) => {
    if (inStory) watch(traffic);
  });
  const story = (signal: AbortSignal) => {
    inStory = true;
    return phases.work.story(signal).finally(() => {
      inStory = false;
    });
  };
  return { ...phases, work: { ...phases.work, story } };
}

/** Heal and teardown are not cut short by the first wish to stop, but it is noted when they end. `noted`: it was, in an earlier phase. */
async function perform(
  phase: Exclude<Phase, 'ended'>,
  phases: Phases,
  wishes: { readonly first: AbortSignal; readonly second: AbortSignal; readonly noted: boolean },
): Promise<PhaseEnd> {
  const { first, second, noted } = wishes;
  const always = phase === 'heal' || phase === 'teardown';
  const isNew = () => first.aborted && !noted;
  const aborted = (): PhaseEnd =>
    brokenOff(first) === undefined
      ? { type: 'aborted', because: String(first.reason) }
      : failure(phase, brokenOff(first));
  if (isNew() && !always) return aborted();
  try {
    const work = phases.work[phase](always ? second : first);
    await (phase === 'heal' ? work : unlessAborted(work, second));
  } catch (error) {
    if (!isNew() || always) return failure(phase, error);
  }
  return isNew() ? aborted() : { type: 'done' };
}

/** Why the run cannot go on, where that is nobody's wish: the signal's reason is then an OperatingError. */
function brokenOff({ reason }: AbortSignal): OperatingError | undefined {
  return reason instanceof OperatingError ? reason : undefined;
}

/** A port that does not heed its signal cannot hold up the second wish to stop. */
function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new OperatingError('Left before it was done', { exitCode: exitCodes.aborted }));
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

function failure(phase: Phase, error: unknown): PhaseEnd {
  const known = error instanceof OperatingError || error instanceof InputError;
  const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  return {
    type: 'failed',
    because: known ? text : `Internal error in ${phase}: ${text}`,
    exitCode: known ? error.exitCode : exitCodes.internal,
  };
}

function startedEvent(request: RunRequest): RunEventBody {
  const { scenario, topology, platform, seed, version, scale, noFaults, duds, sets } = request;
  return {
    type: 'run.started',
    scenario: scenario.name,
    title: scenario.title,
    platform: platform.name,
    seed,
    topology: topology.name,
    version,
    scale,
    faultsInjected: !noFaults,
    duds,
    sets,
    assumed: topology.assumed,
    notModelled: topology.notModelled.map(({ field, couldChange }) => ({ field, couldChange })),
    steadyState: topology.steadyState,
    sites: topology.sites.map((site) => site.name),
  };
}
