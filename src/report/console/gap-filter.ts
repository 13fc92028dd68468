/** Gaps of observers as people can bear them: the first of each observer is told, those soon after it are counted. Apart because a busy host makes one every second, and a line each would drown the story. */
import type { RunEventOf } from '../../domain/event.ts';

/** An observer that was told of is silent for so long, ms of platform time. */
const silenceMs = 10_000;

/** Gives the gap with how many of its observer were held back since the last; undefined: hold it back. */
export function createGapFilter(): (gap: RunEventOf<'gap'>) => { readonly heldBack: number } | undefined {
  const told = new Map<string, { readonly atMs: number; heldBack: number }>();
  return ({ observer, seenMs }) => {
    const last = told.get(observer);
    if (last !== undefined && seenMs - last.atMs < silenceMs) {
      last.heldBack++;
      return undefined;
    }
    told.set(observer, { atMs: seenMs, heldBack: 0 });
    return { heldBack: last?.heldBack ?? 0 };
  };
}
