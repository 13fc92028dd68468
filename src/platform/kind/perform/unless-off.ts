/** Undoing what lived in a node's memory (a stopped process, a rule of the kernel): a node that is off has forgotten it. */
import type { KindWorld } from '../world.ts';
import type { Doing } from './verb.ts';

/** Whether a node's container does not run. */
export async function isOff(world: KindWorld, container: string): Promise<boolean> {
  return (await world.engine.state(container))?.running !== true;
}

/** The same undo, but nothing to do, and proven by that, while the node is off. */
export function unlessOff(world: KindWorld, container: string, { act, probe }: Doing): Doing {
  return {
    act: async () => ((await isOff(world, container)) ? undefined : act()),
    probe: async () => ((await isOff(world, container)) ? 'its node is off and has forgotten it' : probe()),
  };
}
