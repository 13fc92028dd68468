/** The first sentence of a factory's file, which every file of the project opens with. Apart because it reads source text, which nothing else does. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(import.meta.url);
// Compiled JavaScript loses comments that stand above types; its declarations keep them.
const ending = own.endsWith('.ts') ? '.ts' : '.d.ts';

/** What the file says of itself that `factory` is exported from, as the folder's index tells; empty when it is not there. */
export function firstSentence(folder: string, factory: string): string {
  const parts = join(dirname(own), '..', folder);
  const index = textOf(join(parts, `index${ending}`));
  for (const [, names, file] of index.matchAll(/export \{([^}]*)\} from '\.\/([^']+)\.[tj]s'/g))
    if (names?.split(',').some((name) => name.trim() === factory))
      return opening(textOf(join(parts, `${file}${ending}`)));
  return '';
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function opening(text: string): string {
  const comment = /^\s*\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
  const words = comment
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  return words.split(/(?<=\.) /)[0] ?? '';
}
