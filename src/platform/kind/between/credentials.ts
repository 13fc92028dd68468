/** How a database is entered, read from the very manifests that made it. Apart because it is the only thing between the sites that asks the Kubernetes API. */
import type { V1Container, V1EnvVar } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import type { Kube } from '../kube.ts';
import type { DatabasePlan } from './plan.ts';

/** User, password and database of a PostgreSQL. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Reads them from the environment of the workload's container as the official image takes it: `POSTGRES_USER` (default postgres), `POSTGRES_PASSWORD`, `POSTGRES_DB` (default the user). Throws an OperatingError when the API does not answer or the workload has none. */
export async function readCredentials(kube: Kube, { workload, namespace, key }: DatabasePlan): Promise<Credentials> {
  try {
    const container = await readContainer(kube, workload, namespace);
    const value = (name: string) =>
      readValue(
        kube,
        namespace,
        container.env?.find((each) => each.name === name),
      );
    const user = (await value('POSTGRES_USER')) ?? 'postgres';
    return { user, password: (await value('POSTGRES_PASSWORD')) ?? '', database: (await value('POSTGRES_DB')) ?? user };
  } catch (cause) {
    throw new OperatingError(`Failed to read how database ${key} is entered: ${(cause as Error).message}`, { cause });
  }
}

/** The container that is told a password, else the first. */
async function readContainer(kube: Kube, name: string, namespace: string): Promise<V1Container> {
  const { spec } = await kube.apps
    .readNamespacedStatefulSet({ name, namespace })
    .catch(() => kube.apps.readNamespacedDeployment({ name, namespace }));
  const containers = spec?.template.spec?.containers ?? [];
  return containers.find(({ env }) => env?.some((each) => each.name === 'POSTGRES_PASSWORD')) ?? containers[0]!;
}

async function readValue(kube: Kube, namespace: string, variable: V1EnvVar | undefined): Promise<string | undefined> {
  const from = variable?.valueFrom?.secretKeyRef;
  if (from === undefined) return variable?.value;
  const secret = await kube.core.readNamespacedSecret({ name: from.name ?? '', namespace });
  const encoded = secret.data?.[from.key];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}
