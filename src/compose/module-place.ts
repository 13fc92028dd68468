/** Where in a module, or in a file that it imports, an error arose. Apart because Node tells it in four ways: a frame of the stack, the file before the stack, a syntax check of its own, or only in words. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Place } from '../base/errors.ts';
import { type ImportedModule, importedModules, importsOf, textOf } from './imported-modules.ts';

const checkMsMax = 5_000;

/** A place, and through which files the module leads to it; none when it lies in the module itself. */
export interface ModulePlace extends Place {
  readonly file: string;
  readonly through: readonly string[];
}

/** Place of the topmost frame that lies in the module or in a file that it imports, of an import that finds nothing, or of a syntax error; the module without a line when none is known. */
export function placeInModule(url: string, error: unknown): ModulePlace {
  const file = fileURLToPath(url);
  const modules = importedModules(file);
  const found = stackPlace(modules, error) ?? missingImport(modules, error) ?? syntaxPlace(modules, error);
  const through = modules.find((module) => module.file === found?.file)?.through ?? [];
  return { file, ...found, through };
}

function stackPlace(modules: readonly ImportedModule[], error: unknown): Place | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const [, linked, line, caret] = /^(file:[^\n]+):(\d+)\n[^\n]*\n( *)\^/.exec(stack) ?? [];
  const byUrl = new Map(modules.map(({ file }) => [pathToFileURL(file).href, file]));
  if (linked !== undefined && byUrl.has(linked))
    return { file: byUrl.get(linked)!, line: Number(line), column: (caret ?? '').length + 1 };
  for (const [, at, row, column] of stack.matchAll(/(file:[^\s)]+?):(\d+):(\d+)/g)) {
    const file = byUrl.get(at!);
    if (file !== undefined) return { file, line: Number(row), column: Number(column) };
  }
  return undefined;
}

/** The import that Node could not resolve: of a file by its URL, of a package by its name in the message. */
function missingImport(modules: readonly ImportedModule[], error: unknown): Place | undefined {
  const { code, url, message } = error as { code?: unknown; url?: unknown; message?: unknown };
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  const importer = modules.find(({ file }) => message.endsWith(` imported from ${file}`))?.file;
  if (importer === undefined) return undefined;
  const named = /'([^']+)'/.exec(message)?.[1] ?? '';
  const asked = importsOf(importer).find(({ specifier, file }) =>
    file === undefined ? specifier === named || specifier.startsWith(`${named}/`) : isSame(file, url, named),
  );
  if (asked === undefined) return { file: importer };
  const before = textOf(importer).slice(0, asked.at).split('\n');
  return { file: importer, line: before.length, column: before.at(-1)!.length + 1 };
}

function isSame(file: string, url: unknown, named: string): boolean {
  return file === named || pathToFileURL(file).href === url;
}

/** An import that fails to parse does not say where; Node's own check does, as `file:line`, the line, and a caret below it. */
function syntaxPlace(modules: readonly ImportedModule[], error: unknown): Place | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  for (const { file } of modules) {
    const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: checkMsMax });
    const [, line, caret] = /:(\d+)\n[^\n]*\n( *)\^/.exec(stderr ?? '') ?? [];
    if (line !== undefined) return { file, line: Number(line), column: (caret ?? '').length + 1 };
  }
  return undefined;
}
