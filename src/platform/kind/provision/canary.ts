/** A Service made only to see whether it gets endpoints. Apart because it is the one look that goes through API server, controller-manager and etcd together, and because it leaves nothing behind. */
import type { Kube } from '../kube.ts';
import { type Bounds, until } from './until.ts';

const namespace = 'kube-system';
const name = 'elevenproof-canary';

/** Waits until a new Service gets endpoints: those of the cluster's DNS, which every kind cluster has. Takes the Service away again, whatever comes. */
export async function seeCanary(kube: Kube, bounds: Bounds): Promise<void> {
  try {
    await until('a Service made in kube-system', () => make(kube), bounds);
    await until('endpoints of a new Service', () => missingEndpoints(kube), bounds);
  } finally {
    await removeCanary(kube).catch(() => undefined);
  }
}

/** Harmless when it is gone. */
export async function removeCanary(kube: Kube): Promise<void> {
  await unless(404, kube.core.deleteNamespacedService({ name, namespace }));
}

async function make(kube: Kube): Promise<undefined> {
  const body = {
    metadata: { name },
    spec: { selector: { 'k8s-app': 'kube-dns' }, ports: [{ port: 53, targetPort: 53 }] },
  };
  await unless(409, kube.core.createNamespacedService({ namespace, body }));
  return undefined;
}

async function missingEndpoints(kube: Kube): Promise<string | undefined> {
  const labelSelector = `kubernetes.io/service-name=${name}`;
  const { items } = await kube.discovery.listNamespacedEndpointSlice({ namespace, labelSelector });
  const ready = items
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  return ready.length > 0 ? undefined : 'it has none';
}

async function unless(harmless: number, call: Promise<unknown>): Promise<void> {
  await call.catch((error: { code?: number }) => {
    if (error.code !== harmless) throw error;
  });
}
