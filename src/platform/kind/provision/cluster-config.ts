/** The kind config of one site as it is given to kind: the user's own, with what a pair needs put into it. Apart because it says what of a kind config cannot be had here. */
import { createProblemList, InputError, type Problem } from '../../../base/errors.ts';
import type { SiteGround } from '../ground.ts';
import type { SiteFiles } from '../world.ts';

type Plain = Readonly<Record<string, unknown>>;

/** What a site's place in the pair decides. */
export interface ConfigOptions {
  /** Which site it is, from 0: ranges of pods and services that the user left open differ from site to site. */
  readonly index: number;
  /** Replaces the image of every node. */
  readonly nodeImage?: string | undefined;
}

/** The config for kind. Throws an InputError with everything that a pair cannot have. */
export function clusterConfig(files: SiteFiles, site: SiteGround, { index, nodeImage }: ConfigOptions): Plain {
  const problems = problemsIn(files);
  if (problems.length > 0) throw new InputError(problems);
  const nodes = nodesIn(files.cluster).map((node) => (nodeImage === undefined ? node : { ...node, image: nodeImage }));
  return {
    ...files.cluster,
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    name: site.cluster,
    networking: networking(networkingIn(files.cluster), index),
    nodes,
  };
}

/** kind's own defaults for the first site (10.244 and 10.96), and the next ranges for the second: an address then tells the site. The API server's port is drawn by kind, so that pairs do not meet. */
function networking(given: Plain, index: number): Plain {
  const { apiServerPort: _, ...rest } = given;
  return {
    podSubnet: `10.${244 + index}.0.0/16`,
    serviceSubnet: `10.${96 + index}.0.0/16`,
    ...rest,
    apiServerAddress: '127.0.0.1',
  };
}

/** Like kind: one control plane when nothing is said. */
function nodesIn(cluster: Plain): readonly Plain[] {
  const nodes = cluster.nodes as readonly Plain[] | undefined;
  return nodes === undefined || nodes === null || nodes.length === 0 ? [{ role: 'control-plane' }] : nodes;
}

function networkingIn(cluster: Plain): Plain {
  return (cluster.networking ?? {}) as Plain;
}

/** What a pair cannot have, in words. */
function problemsIn({ site, cluster }: SiteFiles): readonly Problem[] {
  const list = createProblemList();
  const { ipFamily = 'ipv4', disableDefaultCNI = false, kubeProxyMode } = networkingIn(cluster);
  const complain = (message: string, hint: string) => list.add({ message: `Site ${site}: ${message}`, hint });
  if (ipFamily !== 'ipv4')
    complain(`expected networking.ipFamily ipv4, got \`${ipFamily}\``, 'Addresses of nodes are pinned, and are IPv4.');
  if (disableDefaultCNI === true)
    complain(
      'expected a cluster with a pod network, got networking.disableDefaultCNI',
      'Nodes must be Ready before anything is deployed: leave it to kind, or put the network into the node image.',
    );
  if (kubeProxyMode === 'none')
    complain('expected a kube-proxy, got networking.kubeProxyMode none', 'Services are what customers reach.');
  return list.problems;
}

/** Fixed ports of the host that two nodes ask for, over both sites. Throws an InputError: Docker would refuse the second one in the middle of provisioning. */
export function refuseSharedPorts(sites: readonly SiteFiles[]): void {
  const owners = new Map<string, string>();
  const list = createProblemList();
  for (const { site, cluster } of sites)
    for (const [n, port] of portsIn(cluster)) {
      const owner = owners.get(port);
      const node = `${site}, node ${n + 1}`;
      if (owner !== undefined)
        list.add({
          message: `Expected each extraPortMappings.hostPort to be asked for once, got ${port} twice: ${owner} and ${node}`,
          hint: 'Leave hostPort out, and Docker draws one.',
        });
      owners.set(port, node);
    }
  list.throwIfAny();
}

function portsIn(cluster: Plain): readonly (readonly [number, string])[] {
  return nodesIn(cluster).flatMap((node, n) => {
    const mappings = (node.extraPortMappings ?? []) as readonly Plain[];
    const fixed = mappings.filter(({ hostPort }) => typeof hostPort === 'number' && hostPort > 0);
    return fixed.map(
      ({ listenAddress = '', hostPort, protocol = 'TCP' }) => [n, `${listenAddress}:${hostPort}/${protocol}`] as const,
    );
  });
}
