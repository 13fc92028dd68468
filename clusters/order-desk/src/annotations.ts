/** The pod's own annotations, as the downward API writes them to a file. Apart because its format is Kubernetes'. */
import { readFileSync } from 'node:fs';

/** Annotations by name without the prefix. */
export type Annotations = Readonly<Record<string, string>>;

const prefix = 'elevenproof.dev/';

/** Where the manifests mount them. */
export const annotationsFileDefault = '/etc/pod/annotations';

/** Parses `key="value"` lines; values are quoted as by Go, whose quotes are JSON's for everything that annotations hold. Lines that are something else are passed over. */
export function parseAnnotations(text: string): Annotations {
  const pairs = text.split('\n').flatMap((line): [string, string][] => {
    const [, name, value] = /^([^=]+)=(".*")$/.exec(line) ?? [];
    if (name === undefined || value === undefined || !name.startsWith(prefix)) return [];
    try {
      return [[name.slice(prefix.length), JSON.parse(value) as string]];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(pairs);
}

/** Reads the file; one that is not there means no annotations. */
export function readAnnotations(file: string): Annotations {
  try {
    return parseAnnotations(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
