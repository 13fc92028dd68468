/** Which images a topology's files name. Apart from looking for them because it is a pure walk over plain data. */
import type { SiteFiles } from '../world.ts';

/** kind takes the tag of its own release; any that is here was pulled by it. */
const balancerImage = { haproxy: 'kindest/haproxy:*', envoy: 'envoyproxy/envoy:*' } as const;

/** Images of nodes, pods and, before several control planes, kind's load balancer; each once. `nodeImage` replaces that of every node. */
export function imagesIn(
  files: readonly SiteFiles[],
  nodeImage: string | undefined,
  balancer: keyof typeof balancerImage,
): readonly string[] {
  const nodes = files.flatMap(({ cluster }) => (cluster.nodes as readonly KindNode[] | undefined) ?? []);
  const nodeImages = nodeImage === undefined ? nodes.flatMap(({ image }) => image ?? []) : [nodeImage];
  const several = files.some(
    ({ cluster }) => ((cluster.nodes as readonly KindNode[] | undefined) ?? []).filter(isControlPlane).length > 1,
  );
  const pods = files.flatMap(({ objects }) => objects.flatMap(containerImages));
  return [...new Set([...nodeImages, ...(several ? [balancerImage[balancer]] : []), ...pods])];
}

interface KindNode {
  readonly role?: string;
  readonly image?: string;
}

const isControlPlane = ({ role }: KindNode) => role === 'control-plane';

/** Images of all containers anywhere below: a pod's template stands at different depths in different kinds. */
function containerImages(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(containerImages);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    (key === 'containers' || key === 'initContainers') && Array.isArray(child)
      ? child.flatMap((container: { readonly image?: unknown }) =>
          typeof container?.image === 'string' ? [container.image] : [],
        )
      : containerImages(child),
  );
}
