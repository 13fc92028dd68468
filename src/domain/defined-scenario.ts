/** Whether a value is a scenario as `defineScenario` returns it. Apart from the definition because a file's default export, or a caller's argument, may be anything, also something that only looks like one. */
import type { Problem } from '../base/errors.ts';
import { checkScenario } from './define-scenario.ts';
import type { Scenario } from './scenario.ts';
import { checkScenarioShape } from './scenario-shape.ts';
import { checkStoryShape } from './story-shape.ts';

/** Everything that is wrong with a value as a scenario; empty when it is sound. Never throws: getters that do are a problem, too. */
export function checkDefined(value: unknown): readonly Problem[] {
  try {
    return check(value);
  } catch (error) {
    return [{ message: `A scenario must be plain data: reading it fails with \`${reasonOf(error)}\`` }];
  }
}

function check(value: unknown): readonly Problem[] {
  if (typeof value !== 'object' || value === null || !('story' in value) || !('name' in value))
    return [
      {
        message: `Expected a scenario, got ${kindOf(value)}`,
        hint: 'Write `export default defineScenario({ ... })`.',
      },
    ];
  const { waits, ...written } = value as Scenario;
  const shape = [
    ...checkScenarioShape({ ...written, story: () => written.story }),
    ...checkStoryShape(written.story),
    ...(typeof waits === 'object' && waits !== null ? [] : [{ message: 'expected `waits` to be an object' }]),
  ];
  const problems = shape.length > 0 ? shape : checkScenario(value as Scenario);
  return problems.map((problem, i) =>
    i > 0 ? problem : { hint: 'defineScenario({ ... }) checks and completes it.', ...problem },
  );
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === null) return '`null`';
  if (value instanceof Promise) return 'a promise';
  return Array.isArray(value) ? 'a list' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
