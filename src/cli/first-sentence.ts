/** The first sentence of a factory's file, which every file of the project opens with. Apart because it reads source text, which nothing else does. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../base/host.ts';

// The sources where they are at hand; else the declarations, which have lost some of the opening comments.
const places = [
  { folder: 'src', ending: '.ts' },
  { folder: 'dist/src', ending: '.d.ts' },
] as const;

/** What the file says of itself that `factory` is exported from, as the index of `part` tells (`faults`, `objectives`); empty when it says nothing. */
export function firstSentence(part: string, factory: string): string {
  for (const { folder, ending } of places) {
    const parts = join(projectRoot(), folder, part);
    const index = textOf(join(parts, `index${ending}`));
    for (const [, names, file] of index.matchAll(/export \{([^}]*)\} from '\.\/([^']+)\.[tj]s'/g))
      if (names?.split(',').some((name) => name.trim() === factory))
        return opening(textOf(join(parts, `${file}${ending}`)));
  }
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
