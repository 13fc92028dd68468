/** Platform names → adapters: the one place where a platform and the load before it meet. Nothing is touched here; heavy parts load when they are used. */
import { InputError, type Problem } from '../base/errors.ts';
import type { LoadPlan } from '../domain/load.ts';
import type { LoadDriver } from '../load/load-driver.ts';
import type { Platform } from '../platform/platform.ts';
import type { Inputs, RunOptions } from './prepare.ts';

/** A platform and who asks it. */
export interface Adapters {
  readonly platform: Platform;
  readonly load: LoadDriver;
  /** SLIs that this load lets become steady; absent: all. */
  readonly slisAwaited?: readonly string[];
  /** Why the load cannot be asked here, if it cannot. */
  readonly refusal?: (plan: LoadPlan) => Problem | undefined;
}

/** The adapters of the platform that the options name. Throws an InputError when there is none. */
export async function buildAdapters(options: RunOptions, inputs: Inputs): Promise<Adapters> {
  const name = options.platform ?? 'simulated';
  if (name === 'simulated') return buildSimulated(inputs, options.seed);
  if (name === 'kind') return (await import('./kind-adapters.ts')).buildKind(options, inputs);
  throw new InputError({ message: `No platform \`${name}\``, hint: 'Platforms: simulated, kind.' });
}

async function buildSimulated({ topology, calibration }: Inputs, seed: string): Promise<Adapters> {
  const { hostTimesOf } = await import('../sim/host-times.ts');
  const { createWorld } = await import('../sim/world.ts');
  const { createPump } = await import('../platform/simulated/pump.ts');
  const { createSimulatedPlatform } = await import('../platform/simulated/simulated.ts');
  const { createSimulatedLoad } = await import('../load/simulated/simulated-load.ts');
  const world = createWorld(topology, seed, hostTimesOf(calibration?.hostTermsMs));
  const pump = createPump(world);
  return { platform: createSimulatedPlatform(world, pump), load: createSimulatedLoad(world, pump.touch) };
}
