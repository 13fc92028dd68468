/** What the course of a story depends on, read from the facts that it waits for: so that an input nobody models makes only those stories unknown that it could change. */
import type { Condition } from '../domain/condition.ts';
import type { FactName } from '../domain/fact.ts';
import type { StoryDefinition, StoryState } from '../domain/story.ts';
import type { StoryKnowledge } from '../objectives/story.ts';

/** What the judgement of a story takes from its definition. */
export function knowledgeOf(definition: StoryDefinition): StoryKnowledge {
  const byState = new Map(statesIn(definition));
  return {
    slis: slisOfStory(definition),
    awaited: (state) => (byState.get(state)?.when ?? []).flatMap((way) => way.conditions),
  };
}

function statesIn(definition: Pick<StoryDefinition, 'states'>): readonly (readonly [string, StoryState])[] {
  return Object.entries(definition.states).flatMap(([name, state]) => [
    [name, state] as const,
    ...statesIn({ states: state.states ?? {} }),
    ...Object.values(state.regions ?? {}).flatMap(statesIn),
  ]);
}

/** SLIs, `data`, `autoscaling` and `workloads` that a story's conditions depend on, each once. */
export function slisOfStory(story: StoryDefinition): readonly string[] {
  return [...new Set(conditionsOf(story).flatMap((condition) => needOf(condition)))];
}

function conditionsOf(definition: StoryDefinition): readonly Condition[] {
  return statesIn(definition).flatMap(([, state]) => (state.when ?? []).flatMap((way) => way.conditions));
}

const byPrefix: Readonly<Record<string, string>> = {
  etcd: 'api.write',
  api: 'api.write',
  controller: 'api.write',
  scheduler: 'api.write',
  control: 'api.write',
  workload: 'workloads',
  pod: 'workloads',
  endpoints: 'workloads',
  autoscaler: 'autoscaling',
  replication: 'data',
  database: 'data',
  data: 'data',
};

function needOf({ fact, subject }: Condition): readonly string[] {
  if (fact.startsWith('sli.') || fact === 'channel.healthy') return [subject.service ?? ''];
  const need = byPrefix[prefixOf(fact)];
  return need === undefined ? [] : [need];
}

function prefixOf(fact: FactName): string {
  return fact.slice(0, fact.indexOf('.'));
}
