/** Carries actions out on real clusters: looks, acts, and looks from outside until the act is visible. Apart from the verbs, so that interval, dud, limits and failures are the same for all of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ms } from '../../../base/clock.ts';
import type { Action, ActionOutcome, Verb } from '../../../domain/action.ts';
import type { BetweenVerbs } from '../between-verbs.ts';
import type { KindWorld } from '../world.ts';
import { createNodeShells } from './node-shells.ts';
import { type Doing, limitsMs, type Proof, type RealVerb, type VerbGroup } from './verb.ts';
import { realVerbs } from './verbs.ts';

/** What performs. */
export interface Performer {
  readonly verbs: ReadonlySet<Verb>;
  /** Returns at once; the outcome comes later, once per action id. An id that was carried out is not carried out again. */
  issue(action: Action, outcome: (outcome: ActionOutcome) => void): void;
  /** Gives up what is still under way, evictions of a drain included; its outcome says so. For the end of a run, before its clusters go. */
  stop(): void;
}

/** ms between the starts of two looks, and with that the resolution of proofs. Shorter costs the machine that is being measured. */
const lookEveryMs = 100;
/** ms between two tries of an undo. */
const againAfterMs = 500;

/** A performer over an attached pair. `group`: the verbs it knows, all of them unless said. */
export function createPerformer(world: KindWorld, between: BetweenVerbs, group: VerbGroup = realVerbs): Performer {
  const done = new Set<string>();
  const stopped = new AbortController();
  return {
    verbs: new Set(Object.keys(group) as Verb[]),
    issue: (action, outcome) => {
      if (done.has(action.id)) return;
      done.add(action.id);
      const tell = (what: { readonly landed: false; readonly reason: string } | Landed) =>
        outcome({ actionId: action.id, ...what });
      // A turn of the event loop first: whoever issues never has its outcome in hand before the call returns.
      setImmediate(() => {
        carryOut(world, between, action, group[action.verb], stopped.signal).then(tell, (error: Error) =>
          tell({ landed: false, reason: error.message }),
        );
      });
    },
    stop: () => stopped.abort(new Error('the run ended')),
  };
}

interface Landed {
  readonly landed: true;
  readonly fromMs: Ms;
  readonly toMs: Ms;
  readonly proof: string;
}

async function carryOut(
  world: KindWorld,
  between: BetweenVerbs,
  action: Action,
  verb: RealVerb | undefined,
  stopped: AbortSignal,
): Promise<Landed> {
  if (verb === undefined) throw new Error(`This platform cannot ${action.verb}`);
  const limitMs = isUndo(action) ? Math.max(verb.limitMs, limitsMs.undo) : verb.limitMs;
  const limit = AbortSignal.any([stopped, limitSignal(limitMs)]);
  const [hands, eyes] = [createNodeShells(world.engine), createNodeShells(world.engine)];
  const begin = () => verb.begin({ world, between, action, signal: limit, stopped, hands, eyes });
  try {
    return await proveActOrUndo(world, action, begin, limit);
  } finally {
    hands.close();
    eyes.close();
  }
}

async function proveActOrUndo(
  world: KindWorld,
  action: Action,
  begin: () => Promise<Doing>,
  limit: AbortSignal,
): Promise<Landed> {
  if (!isUndo(action)) return await proven(world, action, await within(limit, begin()), limit);
  const doing = await within(limit, untilDone(begin, limit));
  return await proven(world, action, { ...doing, act: () => untilDone(doing.act, limit) }, limit);
}

/** Undo actions are marked by their id. */
const isUndo = ({ id }: Action) => id.endsWith('~');

/** What an undo does is tried again until its limit: a node that is off or frozen, or an API that is down, may be about to come back by another undo. */
async function untilDone<T>(work: () => Promise<T>, limit: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (limit.aborted) throw error;
    }
    await sleep(againAfterMs);
  }
}

/** Aborts with words that a person can read. */
function limitSignal(limitMs: number): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort(new Error(`no proof within ${limitMs / 1000} s`));
  setTimeout(end, limitMs).unref();
  return controller.signal;
}

/** Acts and looks at the same time: an order that takes long to give must not widen the interval. */
async function proven(world: KindWorld, action: Action, doing: Doing, limit: AbortSignal): Promise<Landed> {
  const { clock } = world;
  // Whole until now: nothing of ours has been done yet.
  let fromMs = clock.now();
  let failure: Error | undefined;
  let blind: Error | undefined;
  const acting = action.dud ? Promise.resolve() : doing.act();
  const acted = acting.catch((error: Error) => {
    failure = error;
  });
  for (;;) {
    const lookedMs = clock.now();
    const failedBefore = failure;
    const look = await within(limit, look1(doing)).catch((end: Error) => gaveUp(end, failure ?? blind));
    blind = look.blind;
    if (look.proof !== undefined) {
      const { proof, atMs } = typeof look.proof === 'string' ? { proof: look.proof, atMs: clock.now() } : look.proof;
      await within(limit, acted).catch(() => {});
      return { landed: true, fromMs, toMs: Math.max(fromMs, atMs), proof };
    }
    if (failedBefore !== undefined) throw failedBefore;
    if (look.blind === undefined) fromMs = lookedMs;
    await sleep(Math.max(0, lookEveryMs - (clock.now() - lookedMs)));
  }
}

interface Look {
  readonly proof?: Proof | undefined;
  /** It could not see; that is neither whole nor changed. */
  readonly blind?: Error;
}

function look1(doing: Doing): Promise<Look> {
  return doing.probe().then(
    (proof) => ({ proof }),
    (blind: Error) => ({ blind }),
  );
}

function gaveUp(end: Error, cause: Error | undefined): never {
  throw cause === undefined ? end : new Error(`${end.message}: ${cause.message}`, { cause });
}

/** The work's result, or the signal's reason when that comes first. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) throw signal.reason;
  let give: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    give = () => reject(signal.reason);
    signal.addEventListener('abort', give);
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener('abort', give!);
  }
}
