/** Whether what came in has the shape of a scenario at all. Apart from the other checks, which may then rely on it: a scenario can come from plain JavaScript, where no compiler has looked. */
import type { Problem } from '../base/errors.ts';
import {
  checkConditionShape,
  checkFields,
  isObject,
  items,
  type Kind,
  type Loose,
  shown,
  textsIn,
} from './field-shape.ts';
import { checkLoadShape } from './load-shape.ts';

const scenarioFields: Readonly<Record<string, Kind>> = {
  name: 'text',
  title: 'text',
  proves: 'text',
  topology: 'text',
  load: 'object',
  limitMs: 'number',
  faults: 'object',
  objectives: 'list',
  story: 'function',
};
const optionalFields: Readonly<Record<string, Kind>> = { set: 'list', stopWhen: 'list', twins: 'object' };

/** What is wrong with the outer shape of a scenario as it was written. */
export function checkScenarioShape(input: unknown): readonly Problem[] {
  if (!isObject(input)) return [{ message: `Expected a scenario to be an object, got ${shown(input)}` }];
  return [
    ...checkFields(input, scenarioFields, optionalFields, ''),
    ...(isObject(input.load) ? checkLoadShape(input.load) : []),
    ...items(input.set).flatMap((set) =>
      typeof set === 'string' ? [] : [{ message: `expected \`set\` to hold texts, got ${shown(set)}` }],
    ),
    ...each(input.faults, 'Fault', checkFaultShape),
    ...each(input.twins, 'Twin', (twin, where) => {
      return [
        ...checkFields(twin, { says: 'text', set: 'list', flips: 'list', keeps: 'list' }, {}, where),
        ...(isObject(twin) ? [twin.set, twin.flips, twin.keeps] : [])
          .flatMap(items)
          .flatMap((each) =>
            typeof each === 'string' ? [] : [{ message: `${where}expected texts, got ${shown(each)}` }],
          ),
      ];
    }),
    ...items(input.objectives).flatMap((objective, i) => checkObjectiveShape(objective, `Objective ${i + 1}: `)),
    ...items(input.stopWhen).flatMap((stop, i) => {
      const optional = { site: 'text' } as const;
      const fields = { service: 'text', successRatioMin: 'number', forMs: 'number' } as const;
      return checkFields(stop, fields, optional, `Stop condition ${i + 1}: `);
    }),
  ];
}

function each(record: unknown, noun: string, check: (value: unknown, where: string) => readonly Problem[]) {
  return isObject(record)
    ? Object.entries(record).flatMap(([name, value]) => check(value, `${noun} \`${name}\`: `))
    : [];
}

function checkFaultShape(fault: unknown, where: string): readonly Problem[] {
  const fields = { kind: 'text', purpose: 'text', title: 'text', actions: 'list', undo: 'object' } as const;
  const outer = checkFields(fault, fields, {}, where);
  if (outer.length > 0) return outer;
  const { actions, undo } = fault as { readonly actions: readonly unknown[]; readonly undo: Loose };
  const undoFields = { actions: 'list', until: 'list', limitMs: 'number' } as const;
  return [
    ...actions.flatMap((action) => [
      ...checkFields(action, { verb: 'text', target: 'object' }, { args: 'object' }, where),
      ...checkTargetShape(isObject(action) ? action.target : undefined, where),
    ]),
    ...checkFields(undo, undoFields, {}, `${where}its undo: `),
    ...items(undo.actions).flatMap((action) => checkFields(action, { verb: 'text', of: 'number' }, {}, where)),
    ...items(undo.until).flatMap((condition) => checkConditionShape(condition, where)),
  ];
}

function checkObjectiveShape(objective: unknown, where: string): readonly Problem[] {
  if (!isObject(objective)) return [{ message: `${where}expected an object, got ${shown(objective)}` }];
  const { needs } = objective;
  const right =
    typeof objective.name === 'string' &&
    typeof objective.evaluate === 'function' &&
    isObject(needs) &&
    (needs.about === undefined || (Array.isArray(needs.about) && needs.about.every(isObject))) &&
    [needs.faults, needs.slis, needs.states ?? []].every((list) => Array.isArray(list) && textsIn(list));
  return right ? [] : [{ message: `${where}expected an objective with \`name\`, \`needs\` and \`evaluate\`` }];
}

/** Every field of a target is a name, but `member`, which may also be one of `{ name }` and `{ count }`. */
function checkTargetShape(target: unknown, where: string): readonly Problem[] {
  if (!isObject(target)) return [];
  const { member, ...names } = target;
  const picked =
    member === undefined ||
    typeof member === 'string' ||
    (isObject(member) && (typeof member.name === 'string' || Number.isInteger(member.count)));
  const right = typeof target.on === 'string' && textsIn(names) && picked;
  return right ? [] : [{ message: `${where}expected a target with \`on\` and names, got ${shown(target)}` }];
}
