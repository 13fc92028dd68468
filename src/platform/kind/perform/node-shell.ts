/** Scripts in nodes: one command per look or act, because each costs about a tenth of a second. Apart so that a failed one reads the same everywhere. */
import { OperatingError } from '../../../base/errors.ts';
import type { KindWorld } from '../world.ts';
import type { Doing } from './verb.ts';

/** Runs a script with bash in the container of a node; `args` are `$1`, `$2`, ... Gives what it printed. Throws an OperatingError with what it said when its code is not 0. */
export async function runInNode(
  world: KindWorld,
  container: string,
  script: string,
  args: readonly string[] = [],
  options: { readonly limitMs?: number; readonly input?: string } = {},
): Promise<string> {
  const { code, stdout, stderr } = await world.engine.exec(container, ['bash', '-c', script, 'ep', ...args], options);
  if (code === 0) return stdout;
  const said = stderr.trim().split('\n').slice(-2).join('; ') || `it ended with ${code}`;
  throw new OperatingError(`Failed to act in ${container}: ${said}`);
}

/** Whether a node's container does not run: then nothing that lived in its memory is left. */
export async function isOff(world: KindWorld, container: string): Promise<boolean> {
  return (await world.engine.state(container))?.running !== true;
}

/** What an undo of something in a node's memory (a stopped process, a rule of the kernel) does to a node that is off: nothing, and that proves it. */
export function unlessOff(world: KindWorld, container: string, { act, probe }: Doing): Doing {
  return {
    act: async () => ((await isOff(world, container)) ? undefined : act()),
    probe: async () => ((await isOff(world, container)) ? 'its node is off and has forgotten it' : probe()),
  };
}
