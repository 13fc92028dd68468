/** Manifests that a command prints (`kubectl kustomize …`, `helm template …`). Apart because running somebody's command needs a permission of its own. */

import type { Located } from '../../base/yaml.ts';
import type { Field } from './field.ts';
import type { Files } from './files.ts';

/** No rendering of manifests takes a minute; one that waits for input would wait for ever. ms. */
const commandMsMax = 60_000;

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
  const { execa, parseCommandString } = await import('execa');
  const [program = '', ...words] = parseCommandString(line);
  const result = await execa(program, words, {
    cwd: files.folder,
    reject: false,
    timeout: commandMsMax,
    stdin: 'ignore',
  });
  if (!result.failed) return files.text(`command: ${line}`, result.stdout);
  const why = result.stderr?.trim().split('\n').slice(-3).join(' / ') || result.shortMessage;
  command.complain(
    `Expected \`${line}\` to print manifests, but it failed: ${why}`,
    `To repeat: cd ${files.folder} && ${line}`,
  );
  return [];
}
