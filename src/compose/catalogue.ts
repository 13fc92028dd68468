/** The shipped scenarios and a user's own: found by name or path, loaded only when wanted. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InputError, knownWords } from '../base/errors.ts';
import type { Scenario } from '../domain/scenario.ts';

/** A scenario that can be loaded by name. */
export interface CatalogueEntry {
  readonly name: string;
  readonly path: string;
}

const here = dirname(fileURLToPath(import.meta.url));
/** This file's own ending: `.js` when compiled, `.ts` under a test runner. */
const ending = extname(fileURLToPath(import.meta.url));
const folder = resolve(here, '../../scenarios');

/** Names of the shipped scenarios, sorted, without loading them. */
export async function loadCatalogue(): Promise<readonly CatalogueEntry[]> {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending) && !file.endsWith('.d.ts'))
    .sort()
    .map((file) => ({ name: basename(file, ending), path: join(folder, file) }));
}

/** Loads a scenario: a shipped one by name, or a file by path. Throws an InputError when there is none, when the file does not load, or when it has no scenario as its default export. */
export async function loadScenario(
  nameOrPath: string,
): Promise<{ readonly scenario: Scenario; readonly path: string; readonly sha256: string }> {
  const path = await find(nameOrPath);
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  const loaded = await importFile(path);
  if (!isScenario(loaded)) {
    throw new InputError({
      message: 'Expected the default export to be a scenario',
      file: nameOrPath,
      hint: 'Write `export default defineScenario({ ... })`.',
    });
  }
  return { scenario: loaded, path, sha256 };
}

async function find(nameOrPath: string): Promise<string> {
  if (/[/\\]|\.[cm]?[jt]s$/.test(nameOrPath)) {
    const path = resolve(nameOrPath);
    if (existsSync(path)) return path;
    throw new InputError({
      message: `No scenario file \`${nameOrPath}\``,
      hint: 'Give a file, or a name from `elevenproof list`.',
    });
  }
  const known = await loadCatalogue();
  const entry = known.find(({ name }) => name === nameOrPath);
  if (entry !== undefined) return entry.path;
  const names = known.map(({ name }) => name);
  throw new InputError({ message: `No scenario \`${nameOrPath}\``, hint: knownWords('Scenarios', nameOrPath, names) });
}

async function importFile(path: string): Promise<unknown> {
  try {
    const module: { default?: unknown } = await import(pathToFileURL(path).href);
    return module.default;
  } catch (cause) {
    if (cause instanceof InputError)
      throw new InputError(cause.problems.map((problem) => ({ file: path, ...problem })));
    const hint = path.endsWith('ts')
      ? 'This Node cannot run TypeScript by itself: compile the file, write it as .mjs, or start Node with a loader (`node --import tsx`).'
      : 'The file must load as an ES module.';
    throw new InputError({
      message: `The scenario does not load: ${cause instanceof Error ? cause.message : cause}`,
      file: path,
      hint,
    });
  }
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'story' in value && 'objectives' in value && 'name' in value;
}
