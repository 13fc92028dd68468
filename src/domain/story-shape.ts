/** Whether a story has the shape of one, so that it can be walked at all. Apart from the checks of its sense, which rely on it. */
import { knownWords, type Problem } from '../base/errors.ts';
import { checkConditionShape, isObject, items, shown, textsIn } from './field-shape.ts';

const stateFields: readonly string[] = [
  'entry',
  'when',
  'after',
  'waits',
  'initial',
  'states',
  'regions',
  'done',
  'ends',
];

/** What is wrong with the shape of a story, so that it could not even be walked. */
export function checkStoryShape(story: unknown): readonly Problem[] {
  return checkRegionShape(story, 'The story', 0);
}

/** States in states, deeper than anybody writes: a story that contains itself would never end. */
const depthMax = 20;

function checkRegionShape(region: unknown, where: string, depth: number): readonly Problem[] {
  if (depth > depthMax) return [{ message: `${where} is nested more than ${depthMax} deep` }];
  if (!isObject(region) || !isObject(region.states))
    return [{ message: `${where} has no states`, hint: 'Return story({ initial, states }) or steps([...]).' }];
  const states = Object.entries(region.states).flatMap(([name, state]) => checkStateShape(name, state, depth));
  return typeof region.initial === 'string'
    ? states
    : [{ message: `${where}: expected \`initial\` to name a state, got ${shown(region.initial)}` }, ...states];
}

function checkStateShape(name: string, state: unknown, depth: number): readonly Problem[] {
  const where = `State \`${name}\``;
  if (!isObject(state)) return [{ message: `${where}: expected an object, got ${shown(state)}` }];
  const out: Problem[] = Object.keys(state)
    .filter((key) => !stateFields.includes(key))
    .map((key) => ({
      message: `${where}: there is no field \`${key}\``,
      hint: knownWords('Fields', key, stateFields),
    }));
  for (const key of ['entry', 'when'] as const)
    if (state[key] !== undefined && !Array.isArray(state[key]))
      out.push({ message: `${where}: expected \`${key}\` to be a list, got ${shown(state[key])}` });
  for (const key of ['waits', 'initial', 'done'] as const)
    if (state[key] !== undefined && typeof state[key] !== 'string')
      out.push({ message: `${where}: expected \`${key}\` to be a text, got ${shown(state[key])}` });
  for (const entry of items(state.entry))
    if (!isObject(entry) || (entry.do !== 'inject' && entry.do !== 'heal') || typeof entry.fault !== 'string')
      out.push({ message: `${where}: expected \`entry\` to be inject(...), perform(...) or heal(...)` });
  for (const way of items(state.when)) out.push(...checkWayShape(way, where));
  if (state.after !== undefined && !(isObject(state.after) && textsIn(state.after)))
    out.push({ message: `${where}: expected \`after\` to be milliseconds and a target, such as { 30_000: 'late' }` });
  if (
    state.ends !== undefined &&
    !(isObject(state.ends) && typeof state.ends.how === 'string' && typeof state.ends.because === 'string')
  )
    out.push({ message: `${where}: expected its ending to be ends('expected') or ends('failed', why)` });
  if (state.states !== undefined)
    out.push(...checkRegionShape({ initial: state.initial, states: state.states }, where, depth + 1));
  if (state.regions !== undefined && !isObject(state.regions))
    out.push({ message: `${where}: expected \`regions\` to be an object of regions` });
  else if (isObject(state.regions))
    for (const [region, inner] of Object.entries(state.regions))
      out.push(...checkRegionShape(inner, `Region \`${region}\``, depth + 1));
  return out;
}

function checkWayShape(way: unknown, where: string): readonly Problem[] {
  const expected = `${where}: expected \`when\` to be when(fact, ..., target) or all([...], target)`;
  if (!isObject(way) || !Array.isArray(way.conditions) || typeof way.target !== 'string')
    return [{ message: expected }];
  const { guards } = way;
  if (guards !== undefined && !(Array.isArray(guards) && guards.every((guard) => typeof guard === 'function')))
    return [{ message: `${where}: expected guards to be functions` }];
  return way.conditions.flatMap((condition) => checkConditionShape(condition, `${where}: `));
}
