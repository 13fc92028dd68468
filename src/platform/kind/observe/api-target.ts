/** Where the API of a site is and with which certificates it is asked: of the kubeconfig, at the pinned addresses. */
import { createSecureContext, type SecureContext } from 'node:tls';
import { OperatingError } from '../../../base/errors.ts';
import type { SiteGround } from '../ground.ts';
import type { Kube } from '../kube.ts';

/** Port of API servers and of the load balancer before them, inside the network. */
export const apiPort = 6443;
/** A name that kubeadm puts into the certificate of every API server. */
export const apiServerName = 'kubernetes';

/** Certificates and keys for the API of one site. Reading them once keeps a fresh connection cheap. Throws an OperatingError when the kubeconfig has no client certificate. */
export function apiContext(kube: Kube, site: string): SecureContext {
  const ca = kube.config.getCurrentCluster()?.caData;
  const user = kube.config.getCurrentUser();
  if (ca === undefined || user?.certData === undefined || user.keyData === undefined)
    throw new OperatingError(`Failed to read the kubeconfig of ${site}: it has no certificates`);
  const decode = (text: string) => Buffer.from(text, 'base64');
  return createSecureContext({ ca: decode(ca), cert: decode(user.certData), key: decode(user.keyData) });
}

/** What clients of the site connect to: its load balancer, or the only control plane. */
export function apiAddress({ apiLoadBalancer, machines }: SiteGround): string {
  return apiLoadBalancer?.address ?? machines[0]!.address;
}
