/** What a scenario calls things: its sites, its business services, its conditions. Apart because checks before a run and the reading of folders that name nothing both ask it. */
import type { Target } from '../domain/action.ts';
import type { Condition } from '../domain/condition.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { StoryDefinition, StoryState } from '../domain/story.ts';
import type { OpenNames } from './topology/read-topology.ts';

/** SLIs that probers measure on every platform; no business services. */
export const probedSlis: readonly string[] = ['api.write', 'api.read'];
/** What objectives may depend on that is no SLI. */
export const unmeasured: readonly string[] = ['data', 'workloads', 'autoscaling'];

/** The names that a scenario would give to what files leave unnamed: each only when it has exactly one. */
export function openNamesOf(scenario: Scenario): OpenNames {
  const [site, ...otherSites] = sitesOf(scenario);
  const [service, ...otherServices] = servicesNamedBy(scenario);
  return {
    ...(site !== undefined && otherSites.length === 0 && { site }),
    ...(service !== undefined && otherServices.length === 0 && { service }),
  };
}

/** Every site that faults, undos, states, objectives, stop conditions or sets name, each once. */
export function sitesOf(scenario: Scenario): readonly string[] {
  const faults = Object.values(scenario.faults);
  const named = [
    ...faults.flatMap(({ actions }) => actions.flatMap(({ target }) => sitesOfTarget(target))),
    ...faults.flatMap(({ undo }) => undo.until.map(({ subject }) => subject.site)),
    ...conditionsOf(scenario.story).map(({ condition }) => condition.subject.site),
    ...scenario.objectives.flatMap(({ needs }) => needs.sites ?? []),
    ...scenario.stopWhen.map(({ site }) => site),
    ...scenario.set.map((set) => /^([a-z0-9-]+)\//.exec(set)?.[1]),
  ];
  return [...new Set(named.filter((name) => name !== undefined))];
}

/** Every business service that the load, objectives, states or stop conditions name, each once. */
export function servicesNamedBy(scenario: Scenario): readonly string[] {
  const named = [
    scenario.load.service,
    ...scenario.objectives.flatMap(({ needs }) => needs.slis),
    ...scenario.stopWhen.map(({ service }) => service),
    ...conditionsOf(scenario.story)
      .filter(({ condition }) => condition.fact.startsWith('sli.'))
      .map(({ condition }) => condition.subject.service),
  ];
  const others = [...probedSlis, ...unmeasured];
  return [...new Set(named.filter((name) => name !== undefined && !others.includes(name)))] as string[];
}

function sitesOfTarget(target: Target): readonly string[] {
  if (target.on === 'link') return [target.from, target.to];
  return 'site' in target && target.site !== 'all' ? [target.site] : [];
}

/** Every condition of a story with the state that waits for it, nested and parallel states included. */
export function conditionsOf(
  story: StoryDefinition,
): readonly { readonly state: string; readonly condition: Condition }[] {
  return Object.entries(story.states).flatMap(([state, definition]) => [
    ...(definition.when ?? []).flatMap((way) => way.conditions.map((condition) => ({ state, condition }))),
    ...nested(definition).flatMap(conditionsOf),
  ]);
}

function nested(state: StoryState): readonly StoryDefinition[] {
  const regions = Object.values(state.regions ?? {});
  return state.states === undefined || state.initial === undefined
    ? regions
    : [...regions, { initial: state.initial, states: state.states }];
}
