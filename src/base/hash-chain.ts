/** A chain of hashes over lines: each line carries a hash of itself and of the line before, so that an edit and a gap show. */
import { createHash } from 'node:crypto';

/** Digits kept of each SHA-256: the chain is against accidents and quiet edits, not against a forger who would rewrite it whole. */
const digits = 16;

/** The hash before the first line. */
export const chainStart = '0'.repeat(digits);

const tail = /,"hash":"([0-9a-f]{16})"\}$/;

/** The object as one line of JSON that ends with its hash. The object has at least one field and none called `hash`. */
export function chainLine(value: object, before: string): { readonly line: string; readonly hash: string } {
  const body = JSON.stringify(value);
  const hash = hashOf(body, before);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, hash };
}

/** The line without its hash, the hash it states, and whether that is right after `before`; undefined when it is no such line. */
export function readChainLine(
  line: string,
  before: string,
): { readonly body: string; readonly hash: string; readonly right: boolean } | undefined {
  const match = tail.exec(line);
  if (match === null) return undefined;
  const body = `${line.slice(0, match.index)}}`;
  const hash = match[1]!;
  return { body, hash, right: hashOf(body, before) === hash };
}

const hashOf = (body: string, before: string) =>
  createHash('sha256').update(before).update(body).digest('hex').slice(0, digits);
