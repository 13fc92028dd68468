/** The generated pages on the catalogue are up to date: their names on every change, their figures at night. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../src/base/host.ts';
import { agreementPage, keptRecords } from '../../src/compose/catalogue-docs/agreement-page.ts';
import { namesOf } from '../../src/compose/catalogue-docs/markdown.ts';
import { type Entry, measure, readEntries } from '../../src/compose/catalogue-docs/measure.ts';
import { scenariosPage } from '../../src/compose/catalogue-docs/scenarios-page.ts';
import { twinsPage } from '../../src/compose/catalogue-docs/twins-page.ts';
import { isNightly } from './seeds.ts';

const pages = [
  ['docs/twins.md', twinsPage],
  ['docs/scenarios.md', scenariosPage],
] as const;
const committed = (path: string) => readFileSync(join(projectRoot(), path), 'utf8');
const stale = 'the page is behind the catalogue: npm run docs';

describe.each(pages)('%s', (path, page) => {
  test('names every scenario, objective, fault and twin that is shipped, and nothing else', async () => {
    expect(namesOf(committed(path)), stale).toEqual(namesOf(page(await readEntries())));
  });
});

test.runIf(isNightly)('every figure of the pages is what a run gives', { timeout: 1_800_000 }, async () => {
  const measured: Entry[] = [];
  for (const entry of await readEntries()) measured.push(await measure(entry));
  for (const [path, page] of pages) expect(committed(path), stale).toBe(page(measured));
});

test('names are told from figures', () => {
  const page = ['# A', '', '| Objective | twin |', '|---|---|', '| story | **missed** |', 'text'].join('\n');
  expect(namesOf(page)).toEqual(['# A', '', '| Objective | twin |', '|---|---|', '| story', 'text']);
});

test('the page on agreement is what the kept records say, and is not there without them', async () => {
  const page = agreementPage(await keptRecords(join(projectRoot(), 'docs/agreement')));
  const path = 'docs/agreement.md';
  expect(existsSync(join(projectRoot(), path)) ? committed(path) : undefined, stale).toBe(page);
});
