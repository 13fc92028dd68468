/** The first sentence of a factory's file, which every file of the project opens with. Apart because it reads source text, which nothing else does. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(import.meta.url);

/** What the file of `killProcess` (in `faults/`, `kill-process`) says of itself; empty when there is no such file. */
export function firstSentence(folder: string, factory: string): string {
  const name = factory.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const file = join(dirname(own), '..', folder, name + extname(own));
  if (!existsSync(file)) return '';
  const opening = /^\s*\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return (
    opening
      .replace(/^\s*\* ?/gm, '')
      .trim()
      .split(/(?<=[.:])\s/)[0] ?? ''
  );
}
