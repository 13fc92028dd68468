/** A plain list of steps as a statechart, for stories that go straight on. Apart from the grammar because it only builds what an author could have written by hand. */
import type { Condition } from './condition.ts';
import type { Entry, StoryDefinition, StoryState } from './story.ts';

/** One step: do something, then wait for facts (within a limit), or for a stated time. */
export type StepInput =
  | {
      readonly name: string;
      readonly do?: Entry | readonly Entry[];
      /** All must hold to go on. */
      readonly until: Condition | readonly Condition[];
      /** Longer than this fails the story, ms. Absent: the story's own limit. */
      readonly withinMs?: number;
    }
  | {
      readonly name: string;
      readonly do?: Entry | readonly Entry[];
      /** Why time alone leads on. */
      readonly waits: string;
      readonly forMs: number;
    };

/** The steps in order, then the ending `done` (expected). A step that takes too long ends in `<name>-overdue` (failed). */
export function stepsOf(list: readonly StepInput[]): StoryDefinition {
  const states: Record<string, StoryState> = {};
  list.forEach((step, i) => {
    const next = list[i + 1]?.name ?? 'done';
    states[free(step.name, states)] = stateOf(step, next);
    if (limitOf(step) !== undefined)
      states[free(overdue(step), states)] = { ends: { how: 'failed', because: becauseOf(step) } };
  });
  states[free('done', states)] = { ends: { how: 'expected', because: '' } };
  return { initial: list[0]?.name ?? 'done', states };
}

/** A name that is taken becomes one that the checks refuse, so that no step silently replaces another. */
const free = (name: string, states: Readonly<Record<string, StoryState>>): string =>
  Object.hasOwn(states, name) ? free(`${name} (again)`, states) : name;

function stateOf(step: StepInput, next: string): StoryState {
  const entry = step.do === undefined ? {} : { entry: 'do' in step.do ? [step.do] : step.do };
  if ('waits' in step) return { ...entry, waits: step.waits, after: { [step.forMs]: next } };
  const conditions = 'fact' in step.until ? [step.until] : step.until;
  const after = step.withinMs === undefined ? {} : { after: { [step.withinMs]: overdue(step) } };
  return { ...entry, when: [{ conditions, target: next }], ...after };
}

const limitOf = (step: StepInput) => ('withinMs' in step ? step.withinMs : undefined);
const overdue = (step: StepInput) => `${step.name}-overdue`;
const becauseOf = (step: StepInput) => `step ${step.name} took longer than ${(limitOf(step) ?? 0) / 1000} s`;
