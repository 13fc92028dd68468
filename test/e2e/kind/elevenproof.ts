/** The command line as a process of its own, in a folder and a home of its own. Apart because tests of real clusters look at it from outside, as a user does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../../src/base/host.ts';

/** What a process left behind. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder to work in, with an empty home beside it. */
export function workFolder(): string {
  return mkdtempSync(join(tmpdir(), 'elevenproof-e2e-'));
}

/** Starts `elevenproof` with these words. `onErr` sees its progress and may end it. */
export function elevenproof(
  folder: string,
  words: readonly string[],
  onErr: (text: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const program = join(projectRoot(), 'bin', 'elevenproof.js');
  const env = { ...process.env, HOME: folder, KUBECONFIG: join(folder, 'own.kubeconfig'), NO_COLOR: '1' };
  const child = spawn(process.execPath, [program, ...words], { cwd: folder, env });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
    onErr(data.toString(), child);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}
