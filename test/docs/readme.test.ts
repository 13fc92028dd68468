/** What the README and the pages promise: the table is the catalogue, the transcript is a run, the example is a file, and every link leads somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../src/base/host.ts';
import { loadCatalogue, loadScenario } from '../../src/compose/catalogue.ts';
import * as faults from '../../src/faults/index.ts';
import { call, freshFolder } from '../cli/call.ts';

const root = projectRoot();
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const scenarios = await Promise.all(
  (await loadCatalogue()).map(async ({ path }) => (await loadScenario(path)).scenario),
);
const blocks = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));

describe('the README', () => {
  test('names exactly the scenarios that are there, in order, and what each proves', () => {
    const rows = [...readme.matchAll(/^\| \[([a-z0-9-]+)\]\(scenarios\/\1\.ts\) \| (.*) \|$/gm)];
    expect(rows.map(([, name, proves]) => [name, proves])).toEqual(scenarios.map(({ name, proves }) => [name, proves]));
    expect(readme).toContain(`\n${scenarios.length} scenarios;`);
  });

  test('shows a scenario as it stands in its file', () => {
    const shown = blocks.find(({ language, text }) => language === 'ts' && text?.includes('defineScenario'))?.text;
    const name = /name: '([a-z-]+)'/.exec(shown ?? '')?.[1];
    expect(shown).toBe(read(`scenarios/${name}.ts`));
  });

  test('shows a run as it goes, but for its date and its wall time', async () => {
    const shown = blocks.find(({ text }) => text?.startsWith('$ npx elevenproof run '))?.text ?? '';
    const [command, ...lines] = shown.trimEnd().split('\n');
    const argv = (command ?? '').replace('$ npx elevenproof ', '').split(' ');
    const { code, out, err } = await call([...argv, '--out', join(freshFolder(), 'run')], {
      invocation: 'npx elevenproof',
    });
    expect(code).toBe(0);
    const timeless = (text: string) =>
      text
        .replace(/ in [\d.]+ (?:ms|s)$/m, ' in some time')
        .replace(/^Record .*$/m, 'Record')
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd());
    expect(timeless(lines.join('\n'))).toEqual(timeless(err + out));
  });

  test('gives the repeat command that the run prints', () => {
    const shown = blocks.find(({ text }) => text?.startsWith('$ npx elevenproof run '))?.text ?? '';
    const command = shown.split('\n')[0]?.replace('$ ', '');
    expect(shown).toContain(`\nRepeat  ${command}\n`);
  });
});

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'examples/README.md',
  ...readdirSync(join(root, 'docs')).map((file) => `docs/${file}`),
].filter((path) => path.endsWith('.md'));

/** The anchor of a heading as Markdown hosts make it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

describe.each(pages)('%s', (path) => {
  const text = read(path);

  test('has no link that leads nowhere', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^https?:/.test(link));
    const broken = links.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(root, target))) return true;
      if (anchor === undefined) return false;
      const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
      return !headings.includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('names no file of the project that is not there', () => {
    const named = [...text.matchAll(/`((?:src|test|docs|scenarios|clusters|examples|schema)\/[a-z0-9./-]+)`/g)].map(
      ([, name]) => name!,
    );
    const shownAsExample = ['src/faults/pause-database.ts', 'src/sim/models/scheduled-snapshots.ts'];
    expect(named.filter((name) => !shownAsExample.includes(name) && !existsSync(join(root, name)))).toEqual([]);
  });

  test('shows only commands that there are', async () => {
    const { out } = await call(['--help']);
    const known = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    const shown = [...text.matchAll(/npx elevenproof ([a-z]+)/g)].map(([, name]) => name);
    expect(shown.filter((name) => !known.includes(name))).toEqual([]);
  });
});

test('the page on faults shows a fault that would be a new one', () => {
  expect(Object.keys(faults)).not.toContain('pauseDatabase');
});
