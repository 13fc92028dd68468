/** A short name for an action's id, where a kernel or an API allows few characters and no others: chains, annotations. */
import { createHash } from 'node:crypto';

/** 12 hexadecimal digits, the same in every process. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
