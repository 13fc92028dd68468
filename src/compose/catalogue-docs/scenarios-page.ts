/** The page on the shipped scenarios: what each proves, under which load, with which faults, and what was measured at one seed. */
import { formatCount, formatDuration } from '../../base/format.ts';
import type { Scenario } from '../../domain/scenario.ts';
import { markdownTable, sentence } from './markdown.ts';
import { docsSeed, type Entry } from './measure.ts';

/** The page. Figures that were not measured are left empty. */
export function scenariosPage(entries: readonly Entry[]): string {
  const intro = [
    '# Scenarios',
    '',
    `Figures are those of seed ${docsSeed} on the simulated platform; every scenario is *met* for the seeds 1 to c8 (200 seeds). \`elevenproof show <scenario>\` draws`,
    'its story, `elevenproof sweep <scenario>` gives the distribution of each figure, and [twins.md](twins.md) says what makes it fail. This page is',
    'generated: `npm run docs`.',
    '',
  ];
  const rows = entries.map(({ scenario, measured }) => [
    `[${scenario.name}](#${scenario.name})`,
    sentence(scenario.proves),
    measured === undefined ? '' : formatDuration(measured.platformMs),
  ]);
  const table = markdownTable(['Scenario', 'Proves', 'Platform time'], rows);
  return `${[...intro, ...table, ...entries.flatMap(scenarioLines)].join('\n')}\n`;
}

function scenarioLines({ scenario, measured }: Entry): readonly string[] {
  const faults = Object.entries(scenario.faults).map(
    ([name, { purpose, title }]) => `- ${purpose === 'damage' ? 'Fault' : 'Operation'} \`${name}\`: ${sentence(title)}`,
  );
  const twins = Object.entries(scenario.twins).map(([name, { says }]) => `- Twin \`${name}\`: ${sentence(says)}`);
  const waits = Object.entries(scenario.waits).map(([state, why]) => `- Waits in \`${state}\`: ${sentence(why)}`);
  const outcome = (name: string) => measured?.asShipped.find(({ objective }) => objective === name);
  const rows = ['story', ...scenario.objectives.map(({ name }) => name)].map((name) => {
    const found = outcome(name);
    return [name, found?.expected ?? '', found?.received ?? ''];
  });
  return [
    '',
    `## ${scenario.name}`,
    '',
    `${sentence(scenario.title)} **Proves:** ${sentence(scenario.proves)}`,
    '',
    `- Topology: \`${scenario.topology}\`${scenario.set.length === 0 ? '' : ', changed by the scenario'}`,
    `- Load: ${loadText(scenario)}`,
    ...faults,
    ...twins,
    ...waits,
    '',
    ...markdownTable(['Objective', 'Expected', 'Received'], rows),
  ];
}

function loadText({ load }: Scenario): string {
  return Object.entries(load.channels)
    .map(([channel, { profile, rateRpsBase, rateRpsPeak }]) => {
      const rates =
        rateRpsBase === rateRpsPeak
          ? formatCount(rateRpsBase)
          : `${formatCount(rateRpsBase)} to ${formatCount(rateRpsPeak)}`;
      return `\`${channel}\` ${profile.name}, ${rates} requests/s`;
    })
    .join('; ');
}
