/** Manifests that a command prints (`kubectl kustomize …`, `helm template …`). Apart because running somebody's command needs a permission of its own. */

import type { Located } from '../../base/yaml.ts';
import type { Field } from './field.ts';
import type { Files } from './files.ts';

/** No rendering of manifests takes a minute; one that waits for input would wait for ever. ms. */
const commandMsMax = 60_000;

/** From the limit to closing the output of a command that was killed. ms. */
const killMs = 1_000;

/** More than any manifests of one platform, as for files. Characters. */
const printedMax = 64 * 1024 * 1024;

/** The documents that the command prints. Without permission, or when it fails, a problem and no documents. No shell is involved. */
export async function manifestsOfCommand(command: Field, files: Files, allowed: boolean): Promise<Located[]> {
  const line = command.required().text();
  if (line === undefined) return [];
  if (!allowed) {
    command.complain(
      `Expected permission to run \`${line}\``,
      'Add --allow-commands to let it run, or replace it by the files that it prints.',
    );
    return [];
  }
  const result = await run(line, files.folder);
  if (!result.failed && result.stdout.trim() !== '') return files.text(`command: ${line}`, result.stdout);
  if (!result.failed) {
    command.complain(`Expected \`${line}\` to print manifests, but it printed nothing`);
    return [];
  }
  const why = result.stderr?.trim().split('\n').slice(-3).join(' / ') || (result.shortMessage ?? '').split('\n')[0];
  command.complain(
    `Expected \`${line}\` to print manifests, but it failed: ${why}`,
    `To repeat: cd ${files.folder} && ${line}`,
  );
  return [];
}

/** Runs the command to its end or to the limit. What it started itself may hold its output open after it was killed, so the output is closed then. */
async function run(line: string, folder: string) {
  const { execa, parseCommandString } = await import('execa');
  const [program = '', ...words] = parseCommandString(line);
  const options = {
    cwd: folder,
    reject: false,
    timeout: commandMsMax,
    stdin: 'ignore',
    maxBuffer: printedMax,
  } as const;
  const running = execa(program, words, options);
  const late = setTimeout(() => {
    running.stdout.destroy();
    running.stderr.destroy();
  }, commandMsMax + killMs);
  return await running.finally(() => clearTimeout(late));
}
