/** Whether what came in has the shape of a scenario at all. Apart from the other checks, which may then rely on it: a scenario can come from plain JavaScript, where no compiler has looked. */
import { knownWords, type Problem } from '../base/errors.ts';

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Type of a field in words, and its test. */
const kinds = {
  text: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => typeof value === 'number',
  object: isObject,
  list: Array.isArray,
  function: (value: unknown) => typeof value === 'function',
} as const;
type Kind = keyof typeof kinds;

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
  if (!isObject(input)) return [{ message: `Expected a scenario to be an object, got \`${String(input)}\`` }];
  return [
    ...checkFields(input, scenarioFields, optionalFields, ''),
    ...each(input.faults, 'Fault', checkFaultShape),
    ...each(input.twins, 'Twin', (twin, where) => {
      return checkFields(twin, { says: 'text', set: 'list', flips: 'list', keeps: 'list' }, {}, where);
    }),
    ...items(input.objectives).flatMap((objective, i) => checkObjectiveShape(objective, `Objective ${i + 1}: `)),
    ...items(input.stopWhen).flatMap((stop, i) => {
      const optional = { site: 'text' } as const;
      const fields = { service: 'text', successRatioMin: 'number', forMs: 'number' } as const;
      return checkFields(stop, fields, optional, `Stop condition ${i + 1}: `);
    }),
  ];
}

const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function each(record: unknown, noun: string, check: (value: unknown, where: string) => readonly Problem[]) {
  return isObject(record)
    ? Object.entries(record).flatMap(([name, value]) => check(value, `${noun} \`${name}\`: `))
    : [];
}

function checkFields(
  value: unknown,
  fields: Readonly<Record<string, Kind>>,
  optional: Readonly<Record<string, Kind>>,
  where: string,
): readonly Problem[] {
  if (!isObject(value)) return [{ message: `${where}expected an object, got \`${String(value)}\`` }];
  const known = { ...fields, ...optional };
  const wrong = Object.entries(known).flatMap(([key, kind]) => {
    const found = value[key];
    if (kinds[kind](found) || (found === undefined && !Object.hasOwn(fields, key))) return [];
    const got =
      found === undefined ? 'nothing' : `\`${typeof found === 'object' ? JSON.stringify(found) : String(found)}\``;
    return [{ message: `${where}expected \`${key}\` to be a ${kind}, got ${got}` }];
  });
  const strange = Object.keys(value).filter((key) => !Object.hasOwn(known, key));
  const unknown = strange.map((key) => ({
    message: `${where}there is no field \`${key}\``,
    hint: knownWords('Fields', key, Object.keys(known)),
  }));
  return [...wrong, ...unknown];
}

function checkFaultShape(fault: unknown, where: string): readonly Problem[] {
  const fields = { kind: 'text', purpose: 'text', title: 'text', actions: 'list', undo: 'object' } as const;
  const outer = checkFields(fault, fields, {}, where);
  if (outer.length > 0) return outer;
  const { actions, undo } = fault as { readonly actions: readonly unknown[]; readonly undo: Loose };
  const undoFields = { actions: 'list', until: 'list', limitMs: 'number' } as const;
  return [
    ...actions.flatMap((action) => checkFields(action, { verb: 'text', target: 'object' }, { args: 'object' }, where)),
    ...checkFields(undo, undoFields, {}, `${where}its undo: `),
    ...items(undo.actions).flatMap((action) => checkFields(action, { verb: 'text', of: 'number' }, {}, where)),
    ...items(undo.until).flatMap((condition) => checkConditionShape(condition, where)),
  ];
}

function checkObjectiveShape(objective: unknown, where: string): readonly Problem[] {
  if (!isObject(objective)) return [{ message: `${where}expected an object, got \`${String(objective)}\`` }];
  const { needs } = objective;
  const right =
    typeof objective.name === 'string' &&
    typeof objective.evaluate === 'function' &&
    isObject(needs) &&
    Array.isArray(needs.faults) &&
    Array.isArray(needs.slis);
  return right ? [] : [{ message: `${where}expected an objective with \`name\`, \`needs\` and \`evaluate\`` }];
}

function checkConditionShape(condition: unknown, where: string): readonly Problem[] {
  const right = isObject(condition) && typeof condition.fact === 'string' && isObject(condition.subject);
  return right ? [] : [{ message: `${where}expected a condition with \`fact\` and \`subject\`` }];
}

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
  return checkRegionShape(story, 'The story');
}

function checkRegionShape(region: unknown, where: string): readonly Problem[] {
  if (!isObject(region) || !isObject(region.states))
    return [{ message: `${where} has no states`, hint: 'Return story({ initial, states }) or steps([...]).' }];
  return Object.entries(region.states).flatMap(([name, state]) => checkStateShape(name, state));
}

function checkStateShape(name: string, state: unknown): readonly Problem[] {
  const where = `State \`${name}\``;
  if (!isObject(state)) return [{ message: `${where}: expected an object, got \`${String(state)}\`` }];
  const out: Problem[] = Object.keys(state)
    .filter((key) => !stateFields.includes(key))
    .map((key) => ({
      message: `${where}: there is no field \`${key}\``,
      hint: knownWords('Fields', key, stateFields),
    }));
  for (const entry of items(state.entry))
    if (!isObject(entry) || (entry.do !== 'inject' && entry.do !== 'heal') || typeof entry.fault !== 'string')
      out.push({ message: `${where}: expected \`entry\` to be inject(...), perform(...) or heal(...)` });
  for (const way of items(state.when)) out.push(...checkWayShape(way, where));
  if (state.after !== undefined && !isObject(state.after))
    out.push({ message: `${where}: expected \`after\` to be milliseconds and a target, such as { 30_000: 'late' }` });
  if (state.ends !== undefined && !(isObject(state.ends) && typeof state.ends.how === 'string'))
    out.push({ message: `${where}: expected its ending to be ends('expected') or ends('failed', why)` });
  if (state.states !== undefined) out.push(...checkRegionShape({ states: state.states }, where));
  if (isObject(state.regions))
    for (const [region, inner] of Object.entries(state.regions))
      out.push(...checkRegionShape(inner, `Region \`${region}\``));
  return out;
}

function checkWayShape(way: unknown, where: string): readonly Problem[] {
  const expected = `${where}: expected \`when\` to be when(fact, ..., target) or all([...], target)`;
  if (!isObject(way) || !Array.isArray(way.conditions) || typeof way.target !== 'string')
    return [{ message: expected }];
  return way.conditions.flatMap((condition) => checkConditionShape(condition, `${where}: `));
}
