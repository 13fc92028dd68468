/** Definition of a scenario: the author's words in, checked plain data out. Apart from its shapes because it is the one door by which scenarios come in. */
import { InputError, knownWords, type Problem } from '../base/errors.ts';
import { verbs } from './action.ts';
import type { Fault } from './fault.ts';
import type { Load } from './load.ts';
import type { Objective } from './objective.ts';
import type { Scenario, StopCondition, Twin } from './scenario.ts';
import { checkScenarioShape } from './scenario-shape.ts';
import type { StoryDefinition } from './story.ts';
import { checkCondition, checkStory } from './story-check.ts';
import { indexStory } from './story-index.ts';
import { checkStoryShape } from './story-shape.ts';
import { createStoryTools, type StoryTools } from './story-tools.ts';

/** The longest story, ms: the same file runs on real clusters. */
export const limitMsMax = 900_000;

/** A scenario as it is written. `F`: names of its faults and operations. */
export interface ScenarioInput<F extends string> {
  /** Kebab-case; also the file's name. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what a green run proves. */
  readonly proves: string;
  /** Name of a folder in `clusters/`, or a path: from the scenario's file when it begins with `./` or `../` and the scenario is loaded from its file, else from the working folder. */
  readonly topology: string;
  /** Changes to the topology that belong to the scenario, as `--set` takes them. */
  readonly set?: readonly string[];
  readonly load: Load;
  /** Limit of the story, 1..900,000 ms; the load is planned to it. */
  readonly limitMs: number;
  readonly faults: Readonly<Record<F, Fault>>;
  readonly objectives: readonly Objective[];
  readonly story: (tools: StoryTools<NoInfer<F>>) => StoryDefinition;
  readonly stopWhen?: readonly StopCondition[];
  readonly twins?: Readonly<Record<string, Twin>>;
}

/** Checks a scenario and returns it as data. Throws an {@link InputError} with everything that is wrong. */
export function defineScenario<F extends string>(input: ScenarioInput<F>): Scenario {
  refuse(input, checkScenarioShape(input));
  const story = input.story(createStoryTools<F>());
  refuse(input, checkStoryShape(story));
  const scenario = assemble(input, story);
  refuse(input, checkScenario(scenario));
  return scenario;
}

function refuse(input: { readonly name?: unknown } | undefined, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const name = typeof input?.name === 'string' ? `Scenario \`${input.name}\`` : 'A scenario';
  throw new InputError(problems.map((problem) => ({ ...problem, message: `${name}: ${problem.message}` })));
}

function assemble<F extends string>(input: ScenarioInput<F>, story: StoryDefinition): Scenario {
  const waits = indexStory(story).states.flatMap(({ name, state }) =>
    state.waits === undefined ? [] : [[name, state.waits]],
  );
  return {
    name: input.name,
    title: input.title,
    proves: input.proves,
    topology: input.topology,
    set: input.set ?? [],
    load: input.load,
    limitMs: input.limitMs,
    faults: input.faults,
    objectives: input.objectives,
    story,
    stopWhen: input.stopWhen ?? [],
    twins: input.twins ?? {},
    waits: Object.fromEntries(waits),
  };
}

/** Everything that is wrong with a scenario, as far as it can be said without its topology; empty when it is sound. */
export function checkScenario(scenario: Scenario): readonly Problem[] {
  const faults = Object.keys(scenario.faults);
  return [
    ...checkWords(scenario),
    ...faults.flatMap((name) => checkFault(name, scenario.faults[name]!, faults)),
    ...checkObjectives(scenario, faults),
    ...checkTwins(scenario),
    ...checkStops(scenario),
    ...checkStory(scenario.story, faults, scenario.limitMs),
  ];
}

/** Characters of a scenario's name: it becomes a part of file names. */
const nameLengthMax = 100;

function checkWords(scenario: Scenario): Problem[] {
  const out: Problem[] = [];
  if (!/^[a-z][a-z0-9-]*$/.test(scenario.name) || scenario.name.length > nameLengthMax)
    out.push({
      message: `Expected \`name\` of at most ${nameLengthMax} lower-case letters, digits and hyphens, got \`${scenario.name}\``,
    });
  for (const key of ['title', 'proves', 'topology'] as const)
    if (typeof scenario[key] !== 'string' || scenario[key].trim() === '')
      out.push({ message: `Expected \`${key}\` to be a sentence, got nothing` });
  const { limitMs } = scenario;
  if (!Number.isInteger(limitMs) || limitMs < 1 || limitMs > limitMsMax)
    out.push({ message: `Expected \`limitMs\` to be 1 to ${limitMsMax} ms (15 min), got \`${limitMs}\`` });
  for (const name of Object.keys(scenario.faults))
    if (!/^[a-z][a-z0-9-]*$/i.test(name))
      out.push({ message: `Expected a fault's name of letters, digits and hyphens, got \`${name}\`` });
  return out;
}

function checkFault(name: string, fault: Fault, faults: readonly string[]): Problem[] {
  const out: Problem[] = [];
  const say = (message: string, hint?: string) =>
    void out.push({ message: `Fault \`${name}\`: ${message}`, ...(hint === undefined ? {} : { hint }) });
  if (fault.actions.length === 0) say('it has no action');
  for (const { verb, target } of fault.actions) {
    const known = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (known === undefined) say(`there is no verb \`${verb}\``, knownWords('Verbs', verb, Object.keys(verbs)));
    else if (!(known.on as readonly string[]).includes(target.on))
      say(`\`${verb}\` acts on ${known.on.join(', ')}, not on ${target.on}`);
    else if (target.on === 'component' && target.component !== 'etcd' && /^(?:etcd|disk)\./.test(verb))
      say(`\`${verb}\` acts on a member of etcd, not on ${target.component}`);
  }
  for (const { verb, of } of fault.undo.actions) {
    if (!Object.hasOwn(verbs, verb))
      say(`there is no verb \`${verb}\` for its undo`, knownWords('Verbs', verb, Object.keys(verbs)));
    if (fault.actions[of] === undefined) say(`its undo refers to action ${of}, and there are ${fault.actions.length}`);
  }
  if (fault.undo.until.length === 0) say('its undo has no condition that proves the platform whole');
  if (!(fault.undo.limitMs > 0)) say(`expected the undo's \`limitMs\` to be above 0, got \`${fault.undo.limitMs}\``);
  for (const condition of fault.undo.until)
    for (const problem of checkCondition(condition, faults)) say(problem.message, problem.hint);
  return out;
}

function checkObjectives(scenario: Scenario, faults: readonly string[]): Problem[] {
  const out: Problem[] = [];
  const seen = new Set<string>();
  const states = indexStory(scenario.story).states.map((placed) => placed.name);
  for (const objective of scenario.objectives) {
    if (seen.has(objective.name))
      out.push({
        message: `Objective \`${objective.name}\` is there twice`,
        hint: 'Give one of them a `name` of its own.',
      });
    seen.add(objective.name);
    for (const fault of objective.needs.faults)
      if (!faults.includes(fault))
        out.push({
          message: `Objective \`${objective.name}\` names the fault \`${fault}\`, which is not defined`,
          hint: knownWords('Faults', fault, faults),
        });
    for (const state of objective.needs.states ?? [])
      if (!states.includes(state))
        out.push({
          message: `Objective \`${objective.name}\` names the state \`${state}\`, which the story has not got`,
          hint: knownWords('States', state, states),
        });
  }
  if (scenario.objectives.length === 0) out.push({ message: 'Nothing is asked: `objectives` is empty' });
  return out;
}

/** The objective that every scenario has without saying so: its story's ending. */
const implied: readonly string[] = ['story'];

function checkTwins(scenario: Scenario): Problem[] {
  const out: Problem[] = [];
  const known = [...implied, ...scenario.objectives.map((objective) => objective.name)];
  for (const [name, twin] of Object.entries(scenario.twins)) {
    if (twin.set.length === 0) out.push({ message: `Twin \`${name}\` changes nothing: \`set\` is empty` });
    if (twin.flips.length === 0) out.push({ message: `Twin \`${name}\` flips no objective` });
    for (const objective of [...twin.flips, ...twin.keeps])
      if (!known.includes(objective))
        out.push({
          message: `Twin \`${name}\` names the objective \`${objective}\`, which does not exist`,
          hint: knownWords('Objectives', objective, known),
        });
    for (const objective of twin.flips)
      if (twin.keeps.includes(objective))
        out.push({ message: `Twin \`${name}\` both flips and keeps \`${objective}\`` });
  }
  return out;
}

function checkStops(scenario: Scenario): Problem[] {
  return scenario.stopWhen.flatMap(({ service, successRatioMin, forMs }) => {
    const out: Problem[] = [];
    if (!(successRatioMin > 0 && successRatioMin <= 1))
      out.push({
        message: `Stop condition on \`${service}\`: expected \`successRatioMin\` to be above 0, up to 1, got \`${successRatioMin}\``,
      });
    if (!(Number.isInteger(forMs) && forMs >= 0))
      out.push({
        message: `Stop condition on \`${service}\`: expected \`forMs\` to be 0 ms or more, got \`${forMs}\``,
      });
    return out;
  });
}
