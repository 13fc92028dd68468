/** The files that a module imports, and through which others. Apart because an error of one of them must name it, and Node does not always. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A file and the files that lead to it, the first being the module that was asked for; the file itself is left out. */
export interface ImportedModule {
  readonly file: string;
  readonly through: readonly string[];
}

const ours = fileURLToPath(new URL('..', import.meta.url));
/** A scenario with more files of its own is left to Node's words alone. */
const modulesMax = 200;

/** The module and the files that it imports by a path, those before the ones that import them, as Node runs them. Packages and this project's own files are left out. */
export function importedModules(file: string): readonly ImportedModule[] {
  const found: ImportedModule[] = [];
  const seen = new Set<string>();
  const visit = (module: ImportedModule): void => {
    if (seen.has(module.file) || seen.size === modulesMax) return;
    seen.add(module.file);
    for (const { file: next } of importsOf(module.file))
      if (next !== undefined && !next.startsWith(ours) && existsSync(next))
        visit({ file: next, through: [...module.through, module.file] });
    found.push(module);
  };
  visit({ file, through: [] });
  return found;
}

/** One import as it is written. `file`: of a path only. `at`: where its word begins in the text. */
export interface WrittenImport {
  readonly specifier: string;
  readonly file: string | undefined;
  readonly at: number;
}

/** Every import of a file, in order; none when it cannot be read. */
export function importsOf(file: string): readonly WrittenImport[] {
  const matches = textOf(file).matchAll(/\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g);
  return [...matches].map((match) => {
    const specifier = match[2]!;
    const at = match.index + match[0].length - specifier.length - 2;
    return { specifier, file: /^(\.{0,2}\/|file:)/.test(specifier) ? resolved(specifier, file) : undefined, at };
  });
}

/** The text of a file; empty when it cannot be read. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function resolved(specifier: string, from: string): string | undefined {
  try {
    return fileURLToPath(new URL(specifier, pathToFileURL(from)));
  } catch {
    return undefined;
  }
}
