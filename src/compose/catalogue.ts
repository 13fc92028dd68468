/** The shipped scenarios and a user's own: found by name or path, loaded only when wanted. */
import { createHash } from 'node:crypto';
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InputError, knownWords, type Problem } from '../base/errors.ts';
import { readPlainFile, whyUnread } from '../base/plain-file.ts';
import { gatherRefusals } from '../base/refusals.ts';
import { checkDefined } from '../domain/defined-scenario.ts';
import type { Scenario } from '../domain/scenario.ts';
import { placeInModule } from './module-place.ts';
import { atWord, behindCall } from './problem-place.ts';

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

/** Loads a scenario: a shipped one by name, or a file by path; its topology is found from anywhere. Throws an InputError when there is none, when the file does not load, or when it has no scenario as its default export. */
export async function loadScenario(
  nameOrPath: string,
): Promise<{ readonly scenario: Scenario; readonly path: string; readonly sha256: string }> {
  const path = await find(nameOrPath);
  const sha256 = createHash('sha256').update(readSource(path, nameOrPath)).digest('hex');
  const loaded = await importFile(path);
  const problems = checkDefined(loaded);
  if (problems.length > 0) throw new InputError(problems.map((problem) => ({ file: nameOrPath, ...problem })));
  return { scenario: besideFile(loaded as Scenario, path), path, sha256 };
}

/** A scenario may lie anywhere with its topology: a path that begins with `./` or `../` counts from its file, as imports do. */
function besideFile(scenario: Scenario, path: string): Scenario {
  if (!/^\.\.?(?:[/\\]|$)/.test(scenario.topology)) return scenario;
  return { ...scenario, topology: resolve(dirname(realpathSync(path)), scenario.topology) };
}

function readSource(path: string, nameOrPath: string): Buffer {
  try {
    return readPlainFile(path, mebibytesMax);
  } catch (error) {
    throw new InputError({ file: nameOrPath, message: `Expected a readable scenario file, but ${whyUnread(error)}` });
  }
}

/** A scenario is written by hand; profiles of its own may lie in it. */
const mebibytesMax = 64;

async function find(nameOrPath: string): Promise<string> {
  if (/[/\\]|\.[cm]?[jt]s$/.test(nameOrPath)) {
    const path = resolve(nameOrPath);
    const found = kindOfFile(path);
    if (found === 'file') return path;
    throw new InputError({
      message:
        found === 'none'
          ? `No scenario file \`${nameOrPath}\``
          : `Expected a scenario file, got ${found} \`${nameOrPath}\``,
      hint: 'Give a file, or a name from `elevenproof list`.',
    });
  }
  const known = await loadCatalogue();
  const entry = known.find(({ name }) => name === nameOrPath);
  if (entry !== undefined) return entry.path;
  const names = known.map(({ name }) => name);
  throw new InputError({ message: `No scenario \`${nameOrPath}\``, hint: knownWords('Scenarios', nameOrPath, names) });
}

/** What lies at a path. Anything but a plain file could block or never end when it is read. */
function kindOfFile(path: string): string {
  try {
    const stats = statSync(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'a folder' : 'a device or pipe';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return ['ENOENT', 'ENOTDIR'].includes(code) ? 'none' : `a path that cannot be read (${code})`;
  }
}

async function importFile(path: string): Promise<unknown> {
  const url = pathToFileURL(path).href;
  const { refusals, result } = await gatherRefusals(() =>
    within(import(url).then((module: { default?: unknown }) => module.default)),
  );
  const refused = refusals.flatMap((refusal) => {
    const { through: _, ...call } = placeInModule(url, refusal);
    return refusal.problems.map((problem) => (problem.file === undefined ? behindCall(problem, call) : problem));
  });
  if ('value' in result && refused.length === 0) return result.value;
  // What breaks behind a refusal breaks because of it, unless it is bad input, too.
  const counts = 'thrown' in result && (refused.length === 0 || problemsOf(result.thrown) !== undefined);
  throw new InputError([...refused, ...(counts ? problemsIn(path, url, result.thrown) : [])]);
}

function problemsIn(path: string, url: string, cause: unknown): readonly Problem[] {
  const { through, ...place } = placeInModule(url, cause);
  const problems = problemsOf(cause);
  if (problems !== undefined)
    return problems.map((problem) =>
      problem.file === undefined ? atWord(problem, [place.file, path], place) : problem,
    );
  const hint = hintOf(path, cause);
  return [
    {
      message: `The scenario does not load: ${wordsOf(cause)}`,
      ...place,
      hint: through.length === 0 ? hint : `${importedBy(through)} ${hint}`,
    },
  ];
}

/** Which scenario a file belongs to, and through which others. */
function importedBy([scenario, ...others]: readonly string[]): string {
  const between = others.length === 0 ? '' : `, through ${others.map((file) => basename(file)).join(' and ')}`;
  return `Imported by the scenario ${scenario}${between}.`;
}

function hintOf(path: string, cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  if (path.endsWith('ts') && (code === 'ERR_UNKNOWN_FILE_EXTENSION' || cause instanceof SyntaxError))
    return 'This Node cannot run TypeScript by itself: compile the file, write it as .mjs, or start Node with a loader (`node --import tsx`).';
  if (code === 'ERR_MODULE_NOT_FOUND') return 'Is it installed, and does the path begin with ./ ?';
  if (typeof code === 'string' || cause instanceof SyntaxError) return 'The file must load as an ES module.';
  return 'The file threw while it was loaded.';
}

/** Characters of a message that a person would still read. */
const wordsMax = 1_000;

/** What was thrown, in words. It may be anything, also what throws when it is asked. */
function wordsOf(cause: unknown): string {
  try {
    const text = cause instanceof Error ? cause.message : String(cause);
    return text.length > wordsMax ? `${text.slice(0, wordsMax)} …` : text;
  } catch {
    return 'it threw what cannot be shown';
  }
}

/** The problems of an InputError, also of another copy of this package that the scenario imports. */
function problemsOf(cause: unknown): readonly Problem[] | undefined {
  if (!(cause instanceof Error) || cause.name !== 'InputError') return undefined;
  const { problems } = cause as Partial<InputError>;
  return Array.isArray(problems) ? problems : undefined;
}

/** How long a scenario may take to load, ms. One that waits for something that never comes would otherwise end the process in silence. */
const loadMsMax = 20_000;

/** The promise, or an error at the limit. */
async function within<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it was not loaded within ${loadMsMax / 1000} s`)), loadMsMax);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
