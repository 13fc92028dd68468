import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import * as families from '../../src/objectives/index.ts';

const withoutArguments = ['noConflicts', 'noDuplicatedOrders', 'noLostOrders', 'noResurrectedOrders', 'splitBrain'];
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

test('every family without its arguments is refused as bad input, or needs none', () => {
  for (const [name, factory] of Object.entries(families) as [string, (options: object) => unknown][]) {
    if (withoutArguments.includes(name)) expect(factory({})).toMatchObject({ family: kebab(name) });
    else expect(() => factory({}), name).toThrow(InputError);
  }
});

test('every family refuses an option that it does not take, and takes those of the documentation', () => {
  const docs = readFileSync(new URL('../../docs/objectives.md', import.meta.url), 'utf8').split('\n');
  for (const [name, factory] of Object.entries(families) as [string, (options: object) => unknown][]) {
    const column = docs.find((line) => line.startsWith(`| \`${name}\` |`))?.split('|')[3] ?? '';
    const options = [...column.replace(/: .*?(,|$)/g, ',').matchAll(/`(\w+)\??`/g)].map(([, option]) => option!);
    expect(() => factory({ durng: 'x' }), name).toThrow(/there is no option `durng`/);
    // No argument is right here; what matters is that none of them is unknown.
    const all = Object.fromEntries([...options, 'name'].map((option) => [option, []]));
    expect(() => factory({ ...all, durng: 'x' }), name).toThrow(/^(?!.*no option `(?!durng))/s);
  }
});

test('every family stands in a file of its own name and in the documentation', () => {
  const folder = new URL('../../src/objectives/', import.meta.url);
  const docs = readFileSync(new URL('../../docs/objectives.md', import.meta.url), 'utf8');
  const files = readdirSync(folder);
  for (const name of Object.keys(families)) {
    expect(files).toContain(`${kebab(name)}.ts`);
    expect(docs).toContain(`| \`${name}\` |`);
  }
});
