/** What `diff` compares: one run with one, or the runs below two folders with each other. Apart because a night's runs of the whole catalogue are one folder. */
import { statSync } from 'node:fs';
import { InputError } from '../base/errors.ts';
import type { RunRecord } from '../domain/record.ts';
import { readRecord } from '../report/record.ts';
import { holdsRun, runsBelow } from './find-runs.ts';

/** Records to compare, the baseline first. */
export interface RecordPairs {
  /** Whether the paths hold several runs each. */
  readonly several: boolean;
  readonly pairs: readonly { readonly before: RunRecord; readonly now: RunRecord }[];
  /** Scenarios of the baseline that have no counterpart; empty for single runs. */
  readonly gone: readonly string[];
  /** The other way round. */
  readonly added: readonly string[];
}

/** Reads both sides. Runs below folders pair by scenario: the nth by its folder's name with the nth. Throws an InputError with every record that cannot be read. */
export async function readPairs(beforePath: string, nowPath: string): Promise<RecordPairs> {
  const paths = [runsAt(beforePath), runsAt(nowPath)];
  const several = paths.every((each) => each !== undefined);
  const [before, now] = await readAll(several ? (paths as string[][]) : [[beforePath], [nowPath]]);
  if (!several) return { several, pairs: [{ before: before![0]!, now: now![0]! }], gone: [], added: [] };
  const [old, own] = [numbered(before!), numbered(now!)];
  return {
    several,
    pairs: [...own].flatMap(([key, record]) => (old.has(key) ? [{ before: old.get(key)!, now: record }] : [])),
    gone: [...old].flatMap(([key, record]) => (own.has(key) ? [] : [record.scenario.name])),
    added: [...own].flatMap(([key, record]) => (old.has(key) ? [] : [record.scenario.name])),
  };
}

/** The runs below a folder that is none itself; undefined where there are none. */
function runsAt(path: string): readonly string[] | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory() || holdsRun(path)) return undefined;
  const below = runsBelow(path);
  return below.length === 0 ? undefined : below;
}

async function readAll(sides: readonly (readonly string[])[]): Promise<readonly (readonly RunRecord[])[]> {
  const read = await Promise.all(sides.map((side) => Promise.allSettled(side.map(readRecord))));
  const problems = read.flat().flatMap((result) => {
    if (result.status === 'fulfilled') return [];
    if (result.reason instanceof InputError) return result.reason.problems;
    throw result.reason;
  });
  if (problems.length > 0) throw new InputError(problems);
  return read.map((side) => side.map((result) => (result as PromiseFulfilledResult<RunRecord>).value));
}

function numbered(records: readonly RunRecord[]): ReadonlyMap<string, RunRecord> {
  const seen = new Map<string, number>();
  return new Map(
    records.map((record) => {
      const { name } = record.scenario;
      const nth = (seen.get(name) ?? 0) + 1;
      seen.set(name, nth);
      return [`${name}\n${nth}`, record];
    }),
  );
}
