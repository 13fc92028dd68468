/** The Kubernetes API of one site, by the client library, through the kubeconfig of the pair. Apart because the library is heavy and loads only where a real cluster is used. */
import { join } from 'node:path';
import type {
  AppsV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  CoordinationV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PolicyV1Api,
} from '@kubernetes/client-node';
import type { Ground } from './ground.ts';

/** One site's API. */
export interface Kube {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly autoscaling: AutoscalingV2Api;
  readonly batch: BatchV1Api;
  readonly coordination: CoordinationV1Api;
  readonly discovery: DiscoveryV1Api;
  readonly policy: PolicyV1Api;
  /** Any object by its own apiVersion and kind. */
  readonly objects: KubernetesObjectApi;
}

/** The API of every site of a pair by its name. */
export async function connectKubes({ sites, folder }: Ground): Promise<(site: string) => Kube> {
  const kubes = new Map<string, Kube>();
  for (const { name, kubeconfig } of sites) kubes.set(name, await connectKube(join(folder, kubeconfig)));
  return (site) => kubes.get(site)!;
}

/** Connects to the cluster of a kubeconfig file. Nothing is asked of it yet. */
export async function connectKube(kubeconfigFile: string): Promise<Kube> {
  const k8s = await import('@kubernetes/client-node');
  const config = new k8s.KubeConfig();
  config.loadFromFile(kubeconfigFile);
  return {
    config,
    core: config.makeApiClient(k8s.CoreV1Api),
    apps: config.makeApiClient(k8s.AppsV1Api),
    autoscaling: config.makeApiClient(k8s.AutoscalingV2Api),
    batch: config.makeApiClient(k8s.BatchV1Api),
    coordination: config.makeApiClient(k8s.CoordinationV1Api),
    discovery: config.makeApiClient(k8s.DiscoveryV1Api),
    policy: config.makeApiClient(k8s.PolicyV1Api),
    objects: k8s.KubernetesObjectApi.makeApiClient(config),
  };
}
