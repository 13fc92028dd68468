/** Keeps what a run that went wrong leaves to be looked at: a bundle in its folder, capped in size, without secrets. Apart from the platform because it only reads, and never makes matters worse. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../../base/make-folders.ts';
import { createKind } from '../../../kind/index.ts';
import type { KindWorld } from '../world.ts';
import { type Piece, piecesOf } from './pieces.ts';
import { redactText, redactValue } from './redact.ts';
import { endOf, shareOut } from './share.ts';

/** How evidence is kept. */
export interface EvidenceOptions {
  /** Size of the bundle at most, MiB; 50 unless said. */
  readonly capMiB?: number;
  readonly signal: AbortSignal;
}

/** What was kept. */
export interface Evidence {
  readonly folder: string;
  readonly bytes: number;
  /** What could not be had, and why. */
  readonly missing: readonly string[];
}

const capMiBDefault = 50;
/** A piece that takes longer comes from something that hangs, ms. */
const pieceMsMax = 20_000;
/** kind copies logs out of every node, ms. */
const logsMsMax = 120_000;

interface Text {
  readonly name: string;
  readonly text: string;
}

/** Collects into `<folder>/evidence`. Never throws for what a broken pair does not answer: that is told in `missing.txt`. Ends early, with what it has, when aborted. */
export async function collectEvidence(world: KindWorld, folder: string, options: EvidenceOptions): Promise<Evidence> {
  const { signal, capMiB = capMiBDefault } = options;
  const missing: string[] = [];
  const attempt = async (name: string, limitMs: number, read: (signal: AbortSignal) => Promise<readonly Text[]>) => {
    try {
      return await withLimit(limitMs, signal, read);
    } catch (error) {
      missing.push(`${name}: ${redactText(error instanceof Error ? error.message : String(error))}`);
      return [];
    }
  };
  const small = await Promise.all(
    piecesOf(world).map((piece) => attempt(piece.name, pieceMsMax, async (own) => [await readPiece(piece, own)])),
  );
  const load = await attempt('k6', pieceMsMax, async () => textsBelow(join(folder, 'k6'), 'k6'));
  const logs: (readonly Text[])[] = [];
  for (const { cluster, name } of world.ground.sites)
    logs.push(await attempt(`kind logs of ${name}`, logsMsMax, (own) => kindLogs(world, cluster, name, own)));
  const said = missing.length === 0 ? [] : [{ name: 'missing.txt', text: `${missing.join('\n')}\n` }];
  const target = join(folder, 'evidence');
  const capBytes = capMiB * 1_048_576;
  const first = writeCapped(target, [...said, ...small.flat(), ...load], capBytes / 2);
  const bytes = first + writeCapped(target, logs.flat(), capBytes - first);
  return { folder: target, bytes, missing };
}

async function withLimit<T>(
  limitMs: number,
  signal: AbortSignal,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const own = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const late = new Promise<never>((_, reject) => {
    own.addEventListener(
      'abort',
      () => reject(new Error(signal.aborted ? 'aborted' : `no answer within ${limitMs / 1_000} s`)),
      { once: true },
    );
  });
  return Promise.race([read(own), late]);
}

async function readPiece({ name, read }: Piece, signal: AbortSignal): Promise<Text> {
  const value = await read(signal);
  return {
    name,
    text: typeof value === 'string' ? redactText(value) : `${JSON.stringify(redactValue(value), null, 1)}\n`,
  };
}

/** kind writes files; they are read, redacted and removed. */
async function kindLogs(
  world: KindWorld,
  cluster: string,
  site: string,
  signal: AbortSignal,
): Promise<readonly Text[]> {
  const raw = mkdtempSync(join(tmpdir(), 'elevenproof-logs-'));
  try {
    await createKind({ prefix: `${world.ground.id}-` }).exportLogs(cluster, raw, { signal });
    return textsBelow(raw, join(site, 'kind'));
  } finally {
    rmSync(raw, { recursive: true, force: true });
  }
}

/** A log beyond this is read from its end only, bytes. */
const fileBytesMax = 16 * 1_048_576;

/** kind copies the logs of containers twice, below pods/ and by links below containers/. */
const isTwice = /(?:^|[\\/])containers[\\/]/;

/** All files below a folder, redacted; none when it is not there. */
function textsBelow(folder: string, as: string): readonly Text[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((path) => !isTwice.test(path))
    .filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => {
      const bytes = readFileSync(join(folder, path));
      return { name: join(as, path), text: redactText(endOf(bytes.toString('utf8'), fileBytesMax)) };
    });
}

/** Writes what fits; gives the bytes that it took. */
function writeCapped(folder: string, texts: readonly Text[], capBytes: number): number {
  const shares = shareOut(
    texts.map(({ text }) => Buffer.byteLength(text)),
    capBytes,
  );
  let bytes = 0;
  texts.forEach(({ name, text }, i) => {
    const path = join(folder, name);
    const kept = endOf(text, shares[i]!);
    makeFolders(dirname(path));
    writeFileSync(path, kept, { mode: 0o600 });
    bytes += Buffer.byteLength(kept);
  });
  return bytes;
}
