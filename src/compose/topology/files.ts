/** Reading input files: each is read and hashed once, whatever cannot be read becomes a problem. Apart because the record names every file that took part. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import type { Place, ProblemList } from '../../base/errors.ts';
import { readPlainFile, whyUnread } from '../../base/plain-file.ts';
import { type Located, locate, parseYaml } from '../../base/yaml.ts';

/** Reads files of one topology. Paths are relative to the topology's folder. */
export interface Files {
  readonly folder: string;
  readonly problems: ProblemList;
  /** Everything read so far, in order of reading. */
  readonly read: () => readonly { readonly path: string; readonly sha256: string }[];
  /** The documents of a file; empty, with a problem at `askedAt`, when it cannot be read. */
  documents(path: string, askedAt: Place): Located[];
  /** Text that did not come from a file, such as a command's output. */
  text(name: string, text: string): Located[];
  /** A file as itself, a folder as its .yaml, .yml and .json files in order of name (not those of its subfolders). */
  expand(path: string, askedAt: Place): string[];
  /** Subfolders of a folder, in order of name. */
  subfolders(path: string): string[];
}

/** A reader for the files of the topology in `folder`. */
export function createFiles(folder: string, problems: ProblemList): Files {
  const cache = new Map<string, Located[]>();
  const hashes = new Map<string, string>();
  const keep = (name: string, text: string | Buffer): Located[] => {
    const known = cache.get(name);
    if (known !== undefined) return known;
    hashes.set(name, createHash('sha256').update(text).digest('hex'));
    const parsed = parse(name, typeof text === 'string' ? text : decode(text), problems);
    cache.set(name, parsed);
    return parsed;
  };
  return {
    folder,
    problems,
    read: () => [...hashes].map(([path, sha256]) => ({ path, sha256 })),
    text: keep,
    documents: (path, askedAt) => {
      const name = shownPath(folder, path);
      const known = cache.get(name);
      if (known !== undefined) return known;
      const content = attempt(() => readPlainFile(resolve(folder, path), mebibytesMax), name, askedAt, problems);
      return content === undefined ? [] : keep(name, content);
    },
    expand: (path, askedAt) => attempt(() => expand(folder, path), shownPath(folder, path), askedAt, problems) ?? [],
    subfolders: (path) => {
      const inside =
        attempt(() => readdirSync(resolve(folder, path), { withFileTypes: true }), path, {}, problems) ?? [];
      return inside
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map((entry) => join(path, entry.name))
        .sort();
    },
  };
}

/** Larger files hold no manifests of one platform; a device would never end. */
const mebibytesMax = 64;

function expand(folder: string, path: string): string[] {
  const full = resolve(folder, path);
  if (!statSync(full).isDirectory()) return [path];
  const names = readdirSync(full, { withFileTypes: true }).filter(
    (entry) => !entry.isDirectory() && !entry.name.startsWith('.'),
  );
  const wanted = names
    .map((entry) => entry.name)
    .filter((name) => ['.yaml', '.yml', '.json'].includes(extname(name).toLowerCase()));
  return wanted.sort().map((name) => join(path, name));
}

function shownPath(folder: string, path: string): string {
  const shown = relative(folder, resolve(folder, path)).replaceAll('\\', '/');
  return shown === '' ? '.' : shown;
}

function attempt<T>(work: () => T, name: string, askedAt: Place, problems: ProblemList): T | undefined {
  try {
    return work();
  } catch (error) {
    const place = askedAt.file === undefined ? { file: name } : askedAt;
    problems.add({ ...place, message: `Expected a readable file or folder \`${name}\`, but ${whyUnread(error)}` });
    return undefined;
  }
}

function parse(name: string, text: string, problems: ProblemList): Located[] {
  const before = problems.problems.length;
  const json = name.toLowerCase().endsWith('.json') ? fromJson(text, name) : undefined;
  if (json !== undefined) return json;
  const documents = parseYaml(text, name, problems);
  if (problems.problems.length === before || !/\{\{[^}]*\}\}/.test(text)) return documents;
  problems.add({
    file: name,
    message: 'Expected plain YAML, got a template',
    hint: 'Render it first: manifests: [{ command: helm template … }] or write the rendered file.',
  });
  return [];
}

/** UTF-8, or UTF-16 where a byte order mark says so: what some shells redirect into a file. */
function decode(content: Buffer): string {
  if (content[0] === 0xff && content[1] === 0xfe) return content.subarray(2).toString('utf16le');
  if (content[0] === 0xfe && content[1] === 0xff && content.length % 2 === 0)
    return Buffer.from(content.subarray(2)).swap16().toString('utf16le');
  return content.toString();
}

/** JSON may be indented by tabs, which YAML refuses; places are lost then. */
function fromJson(text: string, name: string): Located[] | undefined {
  if (!/^\t/m.test(text)) return undefined;
  try {
    return [locate(JSON.parse(text), { file: name })];
  } catch {
    return undefined;
  }
}
