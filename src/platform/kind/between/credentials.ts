/** How a database is entered, read from the very manifests that made it. Apart because it is the only thing between the sites that asks the Kubernetes API. */
import type { V1EnvVar } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import type { Kube } from '../kube.ts';
import { apiReason, patiently } from './patiently.ts';
import type { DatabasePlan } from './plan.ts';

/** User, password and database of a PostgreSQL. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Reads them from the environment of the workload's container as the official image takes it: `POSTGRES_USER` (default postgres), `POSTGRES_PASSWORD`, `POSTGRES_DB` (default the user). Throws an OperatingError when the API does not answer or the workload has none. */
export async function readCredentials(kube: Kube, plan: DatabasePlan): Promise<Credentials> {
  try {
    return await patiently(() => readOnce(kube, plan));
  } catch (cause) {
    throw new OperatingError(`Failed to read how database ${plan.key} is entered: ${apiReason(cause)}`, { cause });
  }
}

async function readOnce(kube: Kube, { workload, namespace, isDeployment }: DatabasePlan): Promise<Credentials> {
  const at = { name: workload, namespace };
  const { spec } = isDeployment
    ? await kube.apps.readNamespacedDeployment(at)
    : await kube.apps.readNamespacedStatefulSet(at);
  // The container that is told a password, else the first.
  const containers = spec?.template.spec?.containers ?? [];
  const own = containers.find(({ env }) => env?.some(({ name }) => name === 'POSTGRES_PASSWORD')) ?? containers[0];
  const value = (name: string) =>
    readValue(
      kube,
      namespace,
      own?.env?.find((each) => each.name === name),
    );
  const user = (await value('POSTGRES_USER')) ?? 'postgres';
  return { user, password: (await value('POSTGRES_PASSWORD')) ?? '', database: (await value('POSTGRES_DB')) ?? user };
}

async function readValue(kube: Kube, namespace: string, variable: V1EnvVar | undefined): Promise<string | undefined> {
  const from = variable?.valueFrom?.secretKeyRef;
  if (from === undefined) return variable?.value;
  const secret = await kube.core.readNamespacedSecret({ name: from.name ?? '', namespace });
  const encoded = secret.data?.[from.key];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}
