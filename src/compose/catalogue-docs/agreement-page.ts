/** The page on how far the simulator and real clusters agree, from the records that are kept beside it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../domain/record.ts';
import { type Agreement, agreementOf, type ScenarioAgreement } from '../../report/agree/agreement.ts';
import { figureCells, figureHeads, runsText, sumText } from '../../report/agree/cells.ts';
import { readRecord } from '../../report/record.ts';
import { markdownTable } from './markdown.ts';

/** The records in a folder: one folder per run in it. Empty when there is none. */
export async function keptRecords(folder: string): Promise<readonly RunRecord[]> {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(^|[\\/])record\.json$/.test(path),
  );
  return Promise.all(files.sort().map((path) => readRecord(join(folder, path))));
}

/** The page; undefined while there are no runs of both kinds that pair: a page without figures would look like one with good ones. */
export function agreementPage(records: readonly RunRecord[], modelName = 'simulated'): string | undefined {
  const isModel = ({ platform }: RunRecord) => platform.name === modelName;
  const real = records.filter((record) => !isModel(record));
  const agreement = agreementOf(records.filter(isModel), real);
  if (agreement.scenarios.length === 0) return undefined;
  const lines = [
    ...introLines(agreement, real),
    ...agreement.scenarios.flatMap(scenarioLines),
    ...aloneLines(agreement),
  ];
  return `${lines.join('\n')}\n`;
}

function introLines({ sum }: Agreement, real: readonly RunRecord[]): readonly string[] {
  const hosts = [...new Set(real.map(({ host }) => `${host.cpus} cores, ${Math.round(host.memoryMiB / 1024)} GiB`))];
  return [
    '# Does the simulator tell the truth?',
    '',
    'Runs of the same scenario, seed, scale and calibration on the simulator (model) and on real kind clusters (real), figure by figure. The ratio is model ÷ real of the',
    'medians; the error is their distance as a share of the real one. A ratio of success is compared by what it lacks to 1. Times of which one is below 1 s may differ by 0.3 s, counts of things must be equal,',
    'and figures of what had been restarted shortly before (*warm*) are never put beside those of a first fall. The records are in [agreement/](agreement/). This page is',
    'generated: `npm run docs`; the same on the console: `elevenproof agree docs/agreement`.',
    '',
    `**${sumText(sum)}.** Real runs were made on: ${hosts.join('; ')}.`,
  ];
}

function scenarioLines(agreement: ScenarioAgreement): readonly string[] {
  const { scenario, conditions, figures } = agreement;
  return [
    '',
    `## ${scenario}${conditions === '' ? '' : ` (${conditions})`}`,
    '',
    `${runsText(agreement)}.`,
    '',
    ...markdownTable(figureHeads, figures.map(figureCells)),
  ];
}

function aloneLines({ unpaired }: Agreement): readonly string[] {
  if (unpaired.length === 0) return [];
  return [
    '',
    '## Without counterpart',
    '',
    ...unpaired.map((each) => `- ${each.runId} (${each.platform}): ${each.because}`),
  ];
}
