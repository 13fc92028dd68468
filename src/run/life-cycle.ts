/** The life cycle of a run as an XState machine: the phases in order, and from any of them the way that heals and tears down. Apart from the phases' work, so that every way can be tried without a platform. */
import { type AnyMachineSnapshot, assign, initialTransition, setup, transition } from 'xstate';
import { type ExitCode, exitCodes } from '../base/errors.ts';
import type { Phase } from '../domain/event.ts';

/** How a phase ended. `aborted`: asked for by a person or a stop condition. `failed`: the phase could not do its work. */
export type PhaseEnd =
  | { readonly type: 'done' }
  | { readonly type: 'aborted'; readonly because: string }
  | { readonly type: 'failed'; readonly because: string; readonly exitCode: ExitCode };

/** What became of the run so far. The first reason stays; exit codes add up. */
export interface LifeContext {
  readonly how: 'complete' | 'aborted' | 'failed';
  readonly because: string | undefined;
  readonly exitCodes: readonly number[];
}

/** Keeps the first reason, adds the exit code. */
function noted({ context, event }: { context: LifeContext; event: PhaseEnd }): LifeContext {
  if (event.type === 'done') return context;
  const code = event.type === 'aborted' ? exitCodes.aborted : event.exitCode;
  return {
    how: context.how === 'complete' ? event.type : context.how,
    because: context.because ?? event.because,
    exitCodes: [...context.exitCodes, code],
  };
}

const broken = { target: 'heal', actions: 'note' } as const;
/** A phase that goes on to `next`, or heals and tears down. */
const phase = <const T extends Phase>(next: T) => ({ on: { done: next, aborted: broken, failed: broken } });
const isWhole = ({ context }: { context: LifeContext }) => context.how === 'complete';
const tearDown = { target: 'teardown', actions: 'note' } as const;
const end = { target: 'ended', actions: 'note' } as const;

/** The machine. Whatever happens, every way leads through heal and teardown to ended. */
export const lifeCycle = setup({
  types: { context: {} as LifeContext, events: {} as PhaseEnd },
  actions: { note: assign(noted) },
}).createMachine({
  initial: 'provision',
  context: { how: 'complete', because: undefined, exitCodes: [] },
  states: {
    provision: phase('deploy'),
    deploy: phase('warm-up'),
    'warm-up': phase('steady'),
    steady: phase('story'),
    story: phase('heal'),
    heal: {
      on: { done: [{ guard: isWhole, target: 'quiet' }, { target: 'teardown' }], aborted: tearDown, failed: tearDown },
    },
    quiet: phase('verify'),
    verify: { on: { done: 'teardown', aborted: broken, failed: broken } },
    teardown: { on: { done: end, aborted: end, failed: end } },
    ended: { type: 'final' },
  },
});

/** A life cycle under way. */
export interface Life {
  phase(): Phase;
  context(): LifeContext;
  /** The phase ended; moves to the next. */
  end(how: PhaseEnd): void;
}

/** A life cycle at its beginning. */
export function createLife(): Life {
  let snapshot: AnyMachineSnapshot = initialTransition(lifeCycle)[0];
  return {
    phase: () => snapshot.value as Phase,
    context: () => snapshot.context as LifeContext,
    end: (how) => {
      snapshot = transition(lifeCycle, snapshot as never, how)[0];
    },
  };
}
