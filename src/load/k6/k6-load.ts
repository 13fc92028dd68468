/**
 * The load driver over k6, a program of its own that is found in PATH.
 *
 * k6 cannot be steered once it plays. So there are two processes: one plays the base rate, and one has made its users and stands at a gate. When the profile starts, the gate opens and the first is
 * interrupted, within some ten milliseconds of each other. Neither outlives this process: each has a user that waits for an answer that never comes, and ends when the connection breaks.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { OperatingError } from '../../base/errors.ts';
import type { Publish, Stop } from '../../domain/event.ts';
import type { LoadPlan } from '../../domain/load.ts';
import type { LoadDriver } from '../load-driver.ts';
import { achievement, ownAchievement } from './achievement.ts';
import { type Client, createClient } from './client.ts';
import { type FileFollower, followFile } from './follow-file.ts';
import { createGate, type Gate } from './gate.ts';
import { firstOrder, isOrderOf, type OrderBlock } from './order-ids.ts';
import { endedInOrder, scriptEnvironment } from './own-script.ts';
import { endedByItself, type K6Exit, type K6Process, startK6 } from './process.ts';
import { scriptText } from './script.ts';
import { stagesOf, steadyStages, usersFor } from './stages.ts';
import { createWitness, disagreements, type Witness, type WitnessSource } from './witness.ts';

/** What the driver needs. */
export interface K6LoadOptions {
  /** Where customers ask, such as `http://127.0.0.1:8080`; asked for when the warm-up starts. */
  readonly entry: () => { readonly url: string };
  /** The platform's clock, and ms since 1970 at which it showed 0. */
  readonly clock: Clock & { readonly epochMs: number };
  /** Folder of the run; everything of k6 goes into `k6/` there. */
  readonly folder: string;
  /** Orders are numbered by it. */
  readonly runId: string;
  /** How long a customer waits, ms; 1000 by default. */
  readonly timeoutMs?: number;
  /** The load balancer's log. */
  readonly witness?: WitnessSource;
  /** A script of somebody else's that is played instead of the profile, as it is; its traffic is what the load balancer logs. */
  readonly script?: string;
}

const timeoutMsDefault = 1_000;
/** A stretch is told this long after its end: by then lines are written, read, and joined with those of the load balancer. Longer delays what the story sees, shorter guesses more sites. */
const tellDelayMs = 200;
/** How often logs are read, ms. */
const pollMs = 50;
/** How long k6 may take to make its users, ms. */
const startLimitMs = 60_000;
/** How long somebody else's script may take to ask for the first time before the warm-up ends without it, ms. */
const ownStartMs = 5_000;
/** How late a profile may begin, ms. */
const lateMsMax = 500;
/** How long the load balancer's last lines may take, ms. */
const lastLinesMs = 500;

type Phase = OrderBlock['phase'];
const phases: readonly Phase[] = ['warm-up', 'profile'];

/** A load that is under way. */
interface Session {
  readonly plan: LoadPlan;
  readonly publish: Publish;
  readonly gate: Gate;
  readonly client: Client;
  readonly witness: Witness;
  readonly processes: Map<Phase, K6Process>;
  readonly logs: ReadonlyMap<Phase, FileFollower>;
  /** Settles when a script of somebody else's has asked for the first time. */
  readonly strangers: Promise<void>;
  readonly stopWitness: Stop;
}

/** A load driver that plays a plan with k6. */
export function createK6Load(options: K6LoadOptions): LoadDriver {
  const { clock, folder } = options;
  let session: Session | undefined;
  let playMs: number | undefined;
  let ending: ReturnType<LoadDriver['stop']> | undefined;
  const wanted = new Set<Phase>();
  const died: string[] = [];

  const readLogs = ({ client, logs }: Session) => {
    for (const [phase, log] of logs) for (const line of log.readLines()) client.take(phase, line);
  };
  const look = () => {
    if (session === undefined || ending !== undefined) return;
    readLogs(session);
    session.client.close(clock.now() - tellDelayMs);
    clock.at(clock.now() + pollMs, look);
  };
  /** Ends a process and settles what it left open. */
  const end = async (current: Session, phase: Phase) => {
    wanted.add(phase);
    current.client.interrupted(phase, clock.now());
    await current.processes.get(phase)?.end();
    readLogs(current);
    current.client.gone(phase, clock.now());
  };
  const onExit = (phase: Phase, exit: K6Exit) => {
    if (wanted.has(phase)) return;
    const inOrder = options.script !== undefined && phase === 'profile' && endedInOrder(exit);
    const { message } = inOrder ? { message: `${options.script} came to its end` } : endedByItself(exit);
    if (!inOrder) died.push(message);
    session?.publish({ type: 'note', text: `${message} (${phase})` }, clock.now());
  };
  /** The warm-up goes on until the script asks, or takes too long to. */
  const playOwn = async (current: Session, script: string) => {
    const { entry, timeoutMs = timeoutMsDefault } = options;
    const env = scriptEnvironment(current.plan, entry().url, timeoutMs);
    const process = await startK6({ folder: join(folder, 'k6'), name: 'profile', script, env });
    current.processes.set('profile', process);
    void process.exited.then((exit) => onExit('profile', exit));
    await Promise.race([current.strangers, wait(clock, ownStartMs)]);
    await end(current, 'warm-up');
  };
  const warmUp = async (plan: LoadPlan, publish: Publish, signal: AbortSignal) => {
    signal.throwIfAborted();
    session = await begin(options, plan, publish);
    for (const [phase, process] of session.processes) void process.exited.then((exit) => onExit(phase, exit));
    publish({ type: 'fact', fact: 'load.started', subject: {}, value: false }, clock.now());
    session.gate.open('warm-up');
    look();
    await Promise.all([...session.processes.keys()].map((phase) => ready(session!, phase, clock, signal)));
  };
  const stop = async (): ReturnType<LoadDriver['stop']> => {
    if (session === undefined) return { reached: false, text: 'the load never started' };
    const current = session;
    const stopMs = clock.now();
    await Promise.all(phases.map((phase) => end(current, phase)));
    current.gate.close();
    await wait(clock, lastLinesMs);
    current.stopWitness();
    current.client.finish(clock.now());
    for (const log of current.logs.values()) log.close();
    const against =
      options.witness === undefined ? [] : disagreements(current.client.counts(), current.witness.counts());
    for (const text of against) current.publish({ type: 'note', text }, clock.now());
    const done = doneOf(current, playMs === undefined ? undefined : { playMs, stopMs }, options.script);
    return { reached: done.reached && died.length === 0, text: [done.text, ...died, ...against].join('; ') };
  };
  return {
    name: 'k6',
    warmUp: async (plan, publish, signal) => {
      mkdirSync(join(folder, 'k6'), { recursive: true });
      await warmUp(plan, publish, signal);
    },
    play: () => {
      if (session === undefined || playMs !== undefined) return;
      playMs = clock.now();
      session.client.play();
      if (options.script === undefined) {
        session.gate.open('profile');
        void end(session, 'warm-up');
      } else void playOwn(session, options.script);
    },
    stop: () => {
      ending ??= stop();
      return ending;
    },
  };
}

/** A run that is repeated on a pair that was kept must not number its orders as before. */
const numberedBy = ({ runId, clock }: K6LoadOptions) => `${runId} ${clock.epochMs}`;

/** Starts both processes; neither asks anything yet. */
async function begin(options: K6LoadOptions, plan: LoadPlan, publish: Publish): Promise<Session> {
  const { clock } = options;
  const runId = numberedBy(options);
  const gate = await createGate();
  let strange = () => {};
  const strangers = new Promise<void>((resolve) => {
    strange = resolve;
  });
  const own = options.script !== undefined;
  const witness = createWitness(
    (order) => isOrderOf(runId, order),
    (seen) => {
      // `<BADREQ>`: a connection on which nobody asked.
      if (!own || seen.method.startsWith('<')) return;
      strange();
      client.saw(seen);
    },
  );
  const client: Client = createClient({
    plan,
    runId,
    publish,
    now: () => clock.now(),
    epochMs: clock.epochMs,
    seenAt: witness.siteOf,
  });
  const stopWitness = options.witness?.(witness.take) ?? (() => {});
  const processes = new Map<Phase, K6Process>();
  for (const phase of own ? phases.slice(0, 1) : phases)
    processes.set(phase, await startPhase(options, plan, gate, phase));
  const logs = new Map([...processes].map(([phase, { logFile }]) => [phase, followFile(logFile)]));
  return { plan, publish, gate, client, witness, processes, logs, stopWitness, strangers };
}

function startPhase(options: K6LoadOptions, plan: LoadPlan, gate: Gate, phase: Phase): Promise<K6Process> {
  const { entry, timeoutMs = timeoutMsDefault } = options;
  const runId = numberedBy(options);
  const folder = join(options.folder, 'k6');
  const script = join(folder, `${phase}.js`);
  const channels = plan.channels.map((channel, i) => ({
    name: channel.name,
    firstOrder: firstOrder({ runId, phase, channel: i }),
    users: usersFor(phase === 'warm-up' ? channel.rateRpsBase : channel.rateRpsPeak, timeoutMs),
    ...(phase === 'warm-up' ? steadyStages(channel.rateRpsBase) : stagesOf(channel)),
  }));
  writeFileSync(script, scriptText({ url: entry().url, timeoutMs, gateUrl: gate.url(phase), channels }));
  return startK6({ folder, name: phase, script });
}

/** Until a process stands at its gate, or has gone through it. */
function ready({ gate, processes }: Session, phase: Phase, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const process = processes.get(phase)!;
    const late = () => reject(new OperatingError(`k6 was not ready within ${startLimitMs / 1_000} s`));
    const cancel = clock.at(clock.now() + startLimitMs, late);
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    gate.onWaiting(phase, () => {
      cancel();
      signal.removeEventListener('abort', leave);
      resolve();
    });
    void process.exited.then((exit) => reject(endedByItself(exit))).finally(cancel);
  });
}

function doneOf(
  { plan, client, processes }: Session,
  played: { readonly playMs: number; readonly stopMs: number } | undefined,
  script: string | undefined,
) {
  if (played === undefined) return { reached: true, text: 'the profile never started' };
  const { playMs, stopMs } = played;
  const summary = processes.get('profile')?.summary();
  if (script !== undefined) return ownAchievement(script, summary);
  // A profile that begins late on a busy machine is the same profile, later; one that begins very late is not.
  const lateMs = Math.min(lateMsMax, Math.max(0, (client.firstAskedMs() ?? playMs) - playMs));
  return achievement(plan, { playedMs: stopMs - playMs - lateMs, asked: client.asked(), summary });
}

function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.at(clock.now() + ms, resolve));
}
