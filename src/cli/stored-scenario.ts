/** Which scenario a stored run is judged by. Apart because a scenario is a program: a run folder of somebody else must not choose what runs here. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { InputError, knownWords } from '../base/errors.ts';
import { readPlainFile, whyUnread } from '../base/plain-file.ts';
import { loadCatalogue } from '../compose/catalogue.ts';
import type { RunEvent } from '../domain/event.ts';
import type { RunRecord } from '../domain/record.ts';
import { readLock } from './run-folder.ts';

/** What a stored run says of its scenario: by its record, or after a crash by its lock. */
interface Source {
  readonly path: string | undefined;
  readonly sha256: string | undefined;
}

/** The path or name to load: the file that ran while it is unchanged, by the hash that the run kept; else the shipped scenario of that name. Throws an InputError when neither is there, and when the file is another by now: only `--scenario` may choose that. */
export async function storedScenario(
  folder: string,
  record: RunRecord | undefined,
  events: readonly RunEvent[],
): Promise<string> {
  const started = events[0];
  const name = (started?.type === 'run.started' ? started.scenario : undefined) ?? record?.scenario.name;
  const shipped = await loadCatalogue();
  const { path, sha256 } = record?.scenario ?? (await lockedSource(folder));
  if (path !== undefined && path !== '' && existsSync(path)) {
    const ours = shipped.some((entry) => entry.path === path);
    if (!ours) refuseOther(folder, path, sha256);
    return path;
  }
  if (name !== undefined && shipped.some((entry) => entry.name === name)) return name;
  const hint = 'Name it: --scenario <name|file>';
  if (name === undefined)
    throw new InputError({ file: folder, message: 'Expected a timeline that names its scenario, got none', hint });
  const known = shipped.map((entry) => entry.name);
  throw new InputError({
    file: folder,
    message: `Expected the scenario file of \`${name}\`${path ? ` at \`${path}\`` : ''}, there is none`,
    hint: `${hint}. ${knownWords('Shipped', name, known)}`,
  });
}

async function lockedSource(folder: string): Promise<Source> {
  const lock = await readLock(folder);
  return { path: lock?.scenarioPath, sha256: lock?.scenarioSha256 };
}

function refuseOther(folder: string, path: string, sha256: string | undefined): void {
  const now = hashOf(path);
  if (now === sha256) return;
  const kept = sha256 === undefined ? 'kept no hash of it' : `ran one with sha256 ${sha256.slice(0, 12)}…`;
  throw new InputError({
    file: path,
    message: `Expected the scenario file that ran, got one with sha256 ${now.slice(0, 12)}…; the run ${kept}`,
    hint: `A scenario is a program. To judge by this one all the same: elevenproof judge ${folder} --scenario ${path}`,
  });
}

/** As scenarios are read: larger ones are none. */
const mebibytesMax = 64;

function hashOf(path: string): string {
  try {
    return createHash('sha256').update(readPlainFile(path, mebibytesMax)).digest('hex');
  } catch (error) {
    throw new InputError({ file: path, message: `Expected a readable scenario file, but ${whyUnread(error)}` });
  }
}
