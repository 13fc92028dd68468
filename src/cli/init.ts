/** `elevenproof init`: a starter scenario and topology that run as they are. */
import { existsSync } from 'node:fs';
import { open, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../base/errors.ts';
import { projectRoot } from '../base/host.ts';
import { makeFolders } from '../base/make-folders.ts';
import { whyUnwritten } from '../base/writing.ts';
import { quote } from '../report/repeat-command.ts';
import { asTyped } from './invocation.ts';
import type { Io } from './io.ts';
import type { Context } from './program.ts';
import { starterFiles } from './starter-files.ts';

/** Declares the command. */
export function declareInit(program: Command, context: Context): void {
  program
    .command('init [folder]')
    .summary('write a starter scenario and topology')
    .description('Writes a scenario, a topology and its manifests into a folder (default: here). Overwrites nothing.')
    .option('--json', 'print as JSON')
    .action((folder: string | undefined, raw: { readonly json?: boolean }) =>
      initCommand(folder ?? '.', raw.json === true, context.io),
    );
}

async function initCommand(folder: string, json: boolean, io: Io): Promise<void> {
  if (folder.trim() === '')
    throw new InputError({
      message: 'Expected the name of a folder, got nothing',
      hint: 'For this very folder: elevenproof init',
    });
  const taken = Object.keys(starterFiles).filter((path) => existsSync(join(folder, path)));
  if (taken.length > 0)
    throw new InputError(
      taken.map((path) => ({
        file: join(folder, path),
        message: 'Expected no such file yet, found one',
        hint: 'Nothing is overwritten. Give another folder.',
      })),
    );
  const made: string[] = [];
  let link: string | undefined;
  try {
    for (const [path, text] of Object.entries(starterFiles)) await write(join(folder, path), text, made);
    link = await makeImportable(folder, made);
  } catch (error) {
    // Nothing half-written: all of it was made by this very call.
    for (const path of made.reverse()) await rm(path, { force: true, recursive: true });
    const why = whyUnwritten(error);
    if (why === undefined) throw error;
    throw new InputError({ file: folder, message: `Expected a folder that can be written, ${why}` });
  }
  const files = Object.keys(starterFiles).map((path) => join(folder, path));
  const run = `elevenproof run ${quote(join(folder, 'pod-loss.mjs'))}`;
  if (json) {
    io.out(`${JSON.stringify({ files, ...(link !== undefined && { link }), run }, null, 2)}\n`);
    return;
  }
  for (const file of files) io.out(`${file}\n`);
  if (link !== undefined) io.out(`${link} → this copy of elevenproof (not installed there)\n`);
  io.out(asTyped(`\nRun it            ${run}\nOn a weaker shop  ${run} --twin one-pod\n`, io.invocation));
}

/** Notes what it makes, folders too. */
async function write(path: string, text: string, made: string[]): Promise<void> {
  const top = makeFolders(dirname(path));
  if (top !== undefined) made.push(top);
  const file = await open(path, 'wx');
  made.push(path);
  await file.writeFile(text).finally(() => file.close());
}

/** A scenario imports `elevenproof`. Where that is not installed, a link to this copy makes it so; gives the link then. */
async function makeImportable(folder: string, made: string[]): Promise<string | undefined> {
  try {
    createRequire(resolve(folder, 'pod-loss.mjs')).resolve('elevenproof/package.json');
    return undefined;
  } catch {
    const link = join(folder, 'node_modules', 'elevenproof');
    const top = makeFolders(dirname(link));
    if (top !== undefined) made.push(top);
    await symlink(projectRoot(), link, 'junction');
    return link;
  }
}
