/** Platform names → adapters that can find again what an earlier process made. Apart from building a run, because healing has no scenario. */
import { InputError } from '../base/errors.ts';
import type { Platform } from '../platform/platform.ts';

/** The platform, not attached yet; `ended-with-process` when what it made lived in the memory of its process. Throws an InputError when this version knows none of that name. */
export async function platformToAttach(name: string): Promise<Platform | 'ended-with-process'> {
  if (name === 'simulated') return 'ended-with-process';
  if (name !== 'kind')
    throw new InputError({ message: `Expected a platform that this version can attach to, got \`${name}\`` });
  const { createKindPlatform } = await import('../platform/kind/kind.ts');
  const { createWallClock } = await import('../platform/kind/wall-clock.ts');
  return createKindPlatform({ clock: createWallClock(), onStep: () => {} });
}
