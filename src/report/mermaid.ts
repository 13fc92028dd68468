/** A story as a Mermaid state diagram. Apart from the story's grammar because it is one way of showing it. */

import { formatDuration } from '../base/format.ts';
import { describeCondition } from '../domain/condition.ts';
import type { StoryDefinition, StoryState, Way } from '../domain/story.ts';
import { plainText } from './plain-text.ts';

/** The story as a `stateDiagram-v2`. States get aliases (`s1`), because names with a hyphen or of Mermaid's own words would break it. */
export function mermaidOf(story: StoryDefinition): string {
  const alias = aliases(story);
  return ['stateDiagram-v2', ...regionLines(story, alias, '  ')].join('\n');
}

type Alias = (state: string) => string;

function aliases(story: StoryDefinition): Alias {
  const names = new Map<string, string>();
  const visit = (region: StoryDefinition) => {
    for (const [name, state] of Object.entries(region.states)) {
      names.set(name, `s${names.size + 1}`);
      for (const inner of innerRegions(state)) visit(inner);
    }
  };
  visit(story);
  return (state) => names.get(state) ?? 'unknown';
}

function innerRegions(state: StoryState): readonly StoryDefinition[] {
  if (state.regions !== undefined) return Object.values(state.regions);
  return state.states === undefined ? [] : [{ initial: state.initial ?? '', states: state.states }];
}

function regionLines(region: StoryDefinition, alias: Alias, indent: string): readonly string[] {
  const start = region.initial === '' ? [] : [`${indent}[*] --> ${alias(region.initial)}`];
  return [
    ...start,
    ...Object.entries(region.states).flatMap(([name, state]) => stateLines(name, state, alias, indent)),
  ];
}

function stateLines(name: string, state: StoryState, alias: Alias, indent: string): readonly string[] {
  const own = alias(name);
  const inner = innerRegions(state).map((region) => regionLines(region, alias, `${indent}  `));
  const body = inner.flatMap((lines, i) => (i === 0 ? lines : [`${indent}  --`, ...lines]));
  const label = [name, ...(state.entry ?? []).map((entry) => `${entry.do} ${entry.fault}`)]
    .map(labelText)
    .join('<br/>');
  const box = body.length === 0 ? [] : [`${indent}state ${own} {`, ...body, `${indent}}`];
  return [`${indent}state "${label}" as ${own}`, ...box, ...wayLines(own, state, alias, indent)];
}

function wayLines(own: string, state: StoryState, alias: Alias, indent: string): readonly string[] {
  const arrow = (target: string, text: string) => `${indent}${own} --> ${alias(target)} : ${labelText(text)}`;
  return [
    ...(state.when ?? []).map((way) => arrow(way.target, wayText(way))),
    ...Object.entries(state.after ?? {}).map(([ms, target]) => arrow(target, `after ${formatDuration(Number(ms))}`)),
    ...(state.done === undefined ? [] : [arrow(state.done, 'done')]),
    ...(state.ends === undefined ? [] : [`${indent}${own} --> [*]${endText(state)}`]),
  ];
}

function wayText(way: Way): string {
  return way.conditions.map(describeCondition).join(' and ');
}

function endText(state: StoryState): string {
  if (state.ends === undefined || state.ends.how === 'region') return '';
  return ` : ${labelText(state.ends.because === '' ? state.ends.how : `${state.ends.how}, ${state.ends.because}`)}`;
}

// Colons, semicolons, quotes, angle brackets and hashes are syntax of Mermaid or HTML of the page that shows it.
function labelText(text: string): string {
  return plainText(text).replace(/[#:;"<>{}`&]/g, (character) => `#${character.codePointAt(0)};`);
}
