/** The platforms that are measured, as changes to the shipped `dual-site`: everything else about them comes from its files. */
import { fileURLToPath } from 'node:url';

/** Folder of the shipped topology, from `dist/bench/`. */
export const dualSite = fileURLToPath(new URL('../../clusters/dual-site', import.meta.url));

/** Two sites of this many nodes each, three of them control planes. */
export function nodesPerSite(count: number): string {
  const node = (role: string, cpu: string, memory: string) => ({
    role,
    labels: { 'elevenproof.dev/cpu': cpu, 'elevenproof.dev/memory': memory },
  });
  const controlPlanes = Array.from({ length: 3 }, () => node('control-plane', '4', '8Gi'));
  const workers = Array.from({ length: count - 3 }, () => node('worker', '8', '16Gi'));
  return `*/kind:nodes=${JSON.stringify([...controlPlanes, ...workers])}`;
}

/** Pods enough for half of `peakRps` per site with a quarter to spare; autoscalers may double them. A pod of `orders` does about 250 requests per second, one of `gateway` some thousands. */
export function podsFor(peakRps: number): readonly string[] {
  const orders = Math.ceil((1.25 * peakRps) / 2 / 250);
  const gateways = Math.ceil((1.25 * peakRps) / 2 / 1_500);
  return [
    ...replicas('orders', orders),
    ...replicas('gateway', gateways),
    '*/Deployment/orders:spec.strategy.rollingUpdate.maxSurge=25%',
    '*/Deployment/gateway:spec.strategy.rollingUpdate.maxSurge=25%',
  ];
}

function replicas(name: string, count: number): readonly string[] {
  return [
    `*/Deployment/${name}:spec.replicas=${count}`,
    `*/HorizontalPodAutoscaler/${name}:spec.minReplicas=${count}`,
    `*/HorizontalPodAutoscaler/${name}:spec.maxReplicas=${2 * count}`,
  ];
}

/** A link between the sites that carries the orders of such a peak: at 1,000 bytes an order, 583,000 a second are 4.7 Gbit/s. */
export const wideLink = 'link.bandwidthMbps=40000';
