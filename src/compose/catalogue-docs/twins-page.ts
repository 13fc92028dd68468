/** The page on sabotage twins: which objective is flipped by what, per scenario and over the whole catalogue. */
import type { Scenario } from '../../domain/scenario.ts';
import { markdownTable, sentence } from './markdown.ts';
import { docsSeed, type Entry, type Outcome } from './measure.ts';

/** The page. Results that were not measured are left empty. */
export function twinsPage(entries: readonly Entry[]): string {
  const intro = [
    '# Sabotage twins',
    '',
    'A test that cannot fail proves nothing. Each scenario has twins: the same story on a platform that was weakened on purpose. A twin names the',
    'objectives that it must flip to *missed* and those that must stay *met*; the test suite holds both over several seeds. Try one with',
    '`elevenproof run <scenario> --twin <twin>`.',
    '',
    'Every fault also has a dud twin, `--dud <fault>`: the act does nothing while its proof is sought all the same. A fault without proof did not land,',
    'and the run ends *unknown*. The test suite holds that for every fault and operation below.',
    '',
    `Results are those of seed ${docsSeed}. **Bold**: named by the twin, and so part of its promise. This page is generated: \`npm run docs\`.`,
  ];
  return `${[...intro, '', ...familyLines(entries), ...entries.flatMap(scenarioLines)].join('\n')}\n`;
}

/** Families in alphabetical order, each with the twins that flip it. */
function familyLines(entries: readonly Entry[]): readonly string[] {
  const flippedBy = new Map<string, string[]>();
  for (const { scenario } of entries)
    for (const [twin, { flips }] of Object.entries(scenario.twins))
      for (const family of new Set(flips.map((name) => familyOf(scenario, name))))
        flippedBy.set(family, [...(flippedBy.get(family) ?? []), `${scenario.name} (${twin})`]);
  const lines = [...flippedBy]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, by]) => `- **${family}**: ${by.join(', ')}`);
  return ['## What flips each family of objectives', '', ...lines];
}

function familyOf({ objectives }: Scenario, name: string): string {
  return objectives.find((objective) => objective.name === name)?.family ?? name;
}

function scenarioLines({ scenario, measured }: Entry): readonly string[] {
  const twins = Object.keys(scenario.twins);
  const says = twins.map((twin) => `- \`${twin}\`: ${sentence(scenario.twins[twin]!.says)}`);
  const rows = ['story', ...scenario.objectives.map(({ name }) => name)].map((objective) => [
    objective,
    standingOf(measured?.asShipped, objective),
    ...twins.map((twin) => cellOf(scenario, twin, objective, measured?.twins[twin])),
  ]);
  return ['', `## ${scenario.name}`, '', ...says, '', ...markdownTable(['Objective', 'as shipped', ...twins], rows)];
}

const standingOf = (outcomes: readonly Outcome[] | undefined, objective: string): string =>
  outcomes?.find((outcome) => outcome.objective === objective)?.standing ?? '';

function cellOf(
  { twins }: Scenario,
  twin: string,
  objective: string,
  outcomes: readonly Outcome[] | undefined,
): string {
  const standing = standingOf(outcomes, objective);
  const { flips, keeps } = twins[twin]!;
  return standing !== '' && [...flips, ...keeps].includes(objective) ? `**${standing}**` : standing;
}
