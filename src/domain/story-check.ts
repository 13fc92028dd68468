/** What can be wrong with a story, found at definition and all at once: names, dead ends, unreachable states, conditions without a subject. */
import { knownWords, type Problem } from '../base/errors.ts';
import type { Condition } from './condition.ts';
import { facts } from './fact.ts';
import type { StoryDefinition, StoryState } from './story.ts';
import { indexStory, type PlacedState, type StoryIndex } from './story-index.ts';

const namePattern = /^[a-z][a-z0-9-]*$/i;
const endings: readonly string[] = ['expected', 'failed', 'inconclusive', 'region'];
const typeOfValue: Readonly<Record<string, string>> = { boolean: 'boolean', number: 'number', text: 'string' };
const subjectKeys: readonly string[] = ['site', 'node', 'workload', 'pod', 'service', 'channel', 'replication'];

/** All problems of a story for these faults; empty when it is sound. `limitMs`: no time-out may be longer. */
export function checkStory(story: StoryDefinition, faults: readonly string[], limitMs: number): readonly Problem[] {
  const index = indexStory(story);
  const names = new Set(index.states.map((placed) => placed.name));
  const out: Problem[] = [];
  const say = (message: string, hint?: string) => void out.push(hint === undefined ? { message } : { message, hint });
  checkNames(index, say);
  checkInitials(story, index, say);
  for (const placed of index.states) {
    checkShape(placed, say);
    checkTargets(placed, names, say);
  }
  const sound = out.length === 0;
  for (const placed of index.states) {
    checkTimes(placed, limitMs, say);
    checkEntries(placed, faults, say);
    for (const way of placed.state.when ?? [])
      for (const condition of way.conditions)
        for (const problem of checkCondition(condition, faults))
          say(`State \`${placed.name}\`: ${problem.message}`, problem.hint);
  }
  checkEndings(index, say);
  if (sound) checkFlow(story, index, say);
  checkInjected(index, faults, say);
  return out;
}

type Say = (message: string, hint?: string) => void;

function checkNames(index: StoryIndex, say: Say): void {
  const seen = new Set<string>();
  for (const { name, state } of index.states) {
    if (seen.has(name)) say(`Expected state names to be unique over the whole story, got \`${name}\` twice`);
    seen.add(name);
    for (const word of [name, ...Object.keys(state.regions ?? {})])
      if (!namePattern.test(word))
        say(`Expected a state name of letters, digits and hyphens that begins with a letter, got \`${word}\``);
  }
}

function checkInitials(story: StoryDefinition, index: StoryIndex, say: Say): void {
  const check = (where: string, initial: string | undefined, states: Readonly<Record<string, StoryState>>) => {
    if (initial === undefined || !Object.hasOwn(states, initial))
      say(
        `Expected \`initial\` of ${where} to be one of its states, got \`${initial ?? ''}\``,
        knownWords('States', initial ?? '', Object.keys(states)),
      );
  };
  check('the story', story.initial, story.states);
  for (const { name, state } of index.states) {
    if (state.states !== undefined) check(`state \`${name}\``, state.initial, state.states);
    for (const [region, inner] of Object.entries(state.regions ?? {}))
      check(`region \`${region}\` of state \`${name}\``, inner.initial, inner.states);
  }
}

function checkShape({ name, state, parent }: PlacedState, say: Say): void {
  const kinds = (['states', 'regions', 'ends'] as const).filter((kind) => state[kind] !== undefined);
  if (kinds.length > 1)
    say(`Expected state \`${name}\` to have one of states, regions, ends; got ${kinds.join(' and ')}`);
  if (state.done !== undefined && state.states === undefined && state.regions === undefined)
    say(`State \`${name}\` has \`done\` but neither states nor regions inside`);
  if (state.ends !== undefined) checkEnding(name, state, parent, say);
}

function checkEnding(name: string, state: StoryState, parent: string | undefined, say: Say): void {
  const { how, because } = state.ends!;
  if (!endings.includes(how))
    say(`Expected the ending of \`${name}\` to be one of ${endings.join(', ')}, got \`${how}\``);
  if (state.when !== undefined || state.after !== undefined)
    say(`State \`${name}\` is an ending: nothing may lead on from it`);
  if (parent === undefined && how === 'region')
    say(
      `State \`${name}\` ends a region but stands at the top level`,
      'Use ends("expected"), ends("failed", why) or ends("inconclusive", why).',
    );
  if (parent !== undefined && how !== 'region')
    say(
      `State \`${name}\` ends the story but stands inside \`${parent}\``,
      'Use ends("region") here, and a way from the state around it to an ending at the top level.',
    );
  if ((how === 'failed' || how === 'inconclusive') && because.trim() === '')
    say(`Ending \`${name}\` is \`${how}\` but does not say why`);
}

function checkTargets({ name, state }: PlacedState, names: ReadonlySet<string>, say: Say): void {
  const targets = [...(state.when ?? []).map((way) => way.target), ...Object.values(state.after ?? {}), state.done];
  for (const target of targets)
    if (target !== undefined && !names.has(target))
      say(`State \`${name}\` leads to \`${target}\`, which does not exist`, knownWords('States', target, [...names]));
  for (const way of state.when ?? [])
    if (way.conditions.length === 0 && (way.guards ?? []).length === 0)
      say(`State \`${name}\` has a way to \`${way.target}\` without any condition`);
}

function checkTimes({ name, state }: PlacedState, limitMs: number, say: Say): void {
  for (const key of Object.keys(state.after ?? {})) {
    const ms = Number(key);
    if (!Number.isInteger(ms) || ms < 1 || ms > limitMs)
      say(`Expected the time-out of state \`${name}\` to be 1 to ${limitMs} ms (the story's limit), got \`${key}\``);
  }
}

function checkEntries({ name, state }: PlacedState, faults: readonly string[], say: Say): void {
  for (const entry of state.entry ?? [])
    if (!faults.includes(entry.fault))
      say(
        `State \`${name}\` ${entry.do}s \`${entry.fault}\`, which no fault defines`,
        knownWords('Faults', entry.fault, faults),
      );
}

/** What is wrong with one condition, wherever it stands. */
export function checkCondition(condition: Condition, faults: readonly string[]): readonly Problem[] {
  const definition: { readonly subject: readonly string[]; readonly value: string } | undefined = Object.hasOwn(
    facts,
    condition.fact,
  )
    ? facts[condition.fact]
    : undefined;
  if (definition === undefined)
    return [{ message: `There is no fact \`${condition.fact}\``, hint: nearFacts(condition.fact) }];
  const out: Problem[] = [];
  for (const key of definition.subject) {
    const value = (condition.subject as Record<string, unknown>)[key];
    if (typeof value !== 'string' || value === '')
      out.push({ message: `Fact \`${condition.fact}\` needs its subject: \`${key}\` is missing` });
  }
  for (const key of Object.keys(condition.subject))
    if (!definition.subject.includes(key))
      out.push({
        message: `Fact \`${condition.fact}\` has no \`${key}\``,
        hint: subjectKeys.includes(key)
          ? `Its subject: ${definition.subject.join(', ') || 'the whole platform'}.`
          : knownWords('Bounds', key, ['is', 'min', 'max', 'not', 'since']),
      });
  if ((condition.min !== undefined || condition.max !== undefined) && definition.value !== 'number')
    out.push({ message: `Fact \`${condition.fact}\` is ${definition.value}, so \`min\` and \`max\` can never hold` });
  if (condition.is !== undefined && condition.is !== null && typeof condition.is !== typeOfValue[definition.value])
    out.push({
      message: `Fact \`${condition.fact}\` is ${definition.value}, so it can never be \`${String(condition.is)}\``,
    });
  if (condition.since !== undefined && !faults.includes(condition.since))
    out.push({
      message: `\`since: '${condition.since}'\` names no fault`,
      hint: knownWords('Faults', condition.since, faults),
    });
  return out;
}

function nearFacts(word: string): string {
  const sameKind = Object.keys(facts).filter((fact) => fact.split('.')[0] === word.split('.')[0]);
  return knownWords('Facts', word, sameKind.length > 0 ? sameKind : Object.keys(facts));
}

function checkEndings(index: StoryIndex, say: Say): void {
  const top = index.states.filter((placed) => placed.parent === undefined && placed.state.ends !== undefined);
  if (top.length === 0) say('The story has no ending', 'Add a state such as `whole: ends("expected")`.');
  else if (!top.some((placed) => placed.state.ends?.how === 'expected'))
    say('The story has no ending that is expected');
}

/** Unreachable states, dead ends, and states that only time leads out of. */
function checkFlow(story: StoryDefinition, index: StoryIndex, say: Say): void {
  const reached = reachable(story, index);
  for (const { name, state } of index.states) {
    if (!reached.has(name)) say(`State \`${name}\` is never reached`);
    if (state.ends !== undefined || state.states !== undefined || state.regions !== undefined) continue;
    const ways = waysOut(name, index);
    if (ways.facts === 0 && ways.times === 0)
      say(`State \`${name}\` is a dead end: nothing leads on and it is no ending`);
    else if (ways.facts === 0 && (state.waits ?? '').trim() === '')
      say(
        `State \`${name}\` can be left by a time-out only and does not say why`,
        'Add a fact that leads on, or `waits: "a minute on two members"`.',
      );
  }
}

/** Ways out of a state, its own and those of the states around it. */
function waysOut(name: string, index: StoryIndex): { readonly facts: number; readonly times: number } {
  let factsCount = 0;
  let timesCount = 0;
  for (
    let placed = index.get(name);
    placed !== undefined;
    placed = placed.parent === undefined ? undefined : index.get(placed.parent)
  ) {
    factsCount += (placed.state.when ?? []).length;
    timesCount += Object.keys(placed.state.after ?? {}).length;
  }
  return { facts: factsCount, times: timesCount };
}

/** With a list of its own instead of calls: a story may be longer than the call stack. */
function reachable(story: StoryDefinition, index: StoryIndex): ReadonlySet<string> {
  const targets = new Map<string, string[]>();
  for (const { from, to } of index.transitions) targets.set(from, [...(targets.get(from) ?? []), to]);
  const reached = new Set<string>();
  const entered = [story.initial];
  for (let name = entered.pop(); name !== undefined; name = entered.pop()) {
    const placed = index.get(name);
    if (placed === undefined || reached.has(name)) continue;
    reached.add(name);
    const { state, parent } = placed;
    const inside = [state.initial, ...Object.values(state.regions ?? {}).map((region) => region.initial)];
    for (const next of [parent, ...inside, ...(targets.get(name) ?? [])]) if (next !== undefined) entered.push(next);
  }
  return reached;
}

function checkInjected(index: StoryIndex, faults: readonly string[], say: Say): void {
  const entries = index.states.flatMap(({ state }) => state.entry ?? []);
  const injected = new Set(entries.filter((entry) => entry.do === 'inject').map((entry) => entry.fault));
  for (const fault of faults) if (!injected.has(fault)) say(`The story never injects or performs \`${fault}\``);
}
