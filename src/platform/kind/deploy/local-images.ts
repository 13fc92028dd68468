/** Images that the engine of this machine has. Apart because building and loading both ask. */
import { OperatingError } from '../../../base/errors.ts';
import type { Engine } from '../engine.ts';

/** An image of the engine. */
export interface LocalImage {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Undefined when there is none of that name. */
export async function localImage(engine: Engine, name: string): Promise<LocalImage | undefined> {
  try {
    const { Id, Config } = await engine.docker.getImage(name).inspect();
    return { id: Id, labels: Config?.Labels ?? {} };
  } catch (cause) {
    if ((cause as { statusCode?: number }).statusCode === 404) return undefined;
    throw new OperatingError(`Failed to look for image ${name}: ${(cause as Error).message}`, { cause });
  }
}
