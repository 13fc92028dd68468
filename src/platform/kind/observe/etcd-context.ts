/** The certificate with which etcd's members are asked: the one that kubeadm made for API servers, read once from a control plane. */
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Engine } from '../engine.ts';
import type { Machine } from '../ground.ts';

const certificates = '/etc/kubernetes/pki';
const certificateCommand = [
  'cat',
  `${certificates}/etcd/ca.crt`,
  `${certificates}/apiserver-etcd-client.crt`,
  `${certificates}/apiserver-etcd-client.key`,
];
/** How often reading the certificates is tried again, ms. */
const retryMs = 1_000;

/** The client's certificate as kubeadm made it, from the first control plane that can be asked. Undefined when aborted first. */
export async function readEtcdContext(
  engine: Engine,
  machines: readonly Machine[],
  signal: AbortSignal,
): Promise<SecureContext | undefined> {
  while (!signal.aborted) {
    for (const { container } of machines) {
      const read = await engine.exec(container, certificateCommand, { limitMs: 5_000 }).catch(() => undefined);
      const blocks = read?.stdout.match(/-----BEGIN [^-]+-----[\s\S]+?-----END [^-]+-----/g) ?? [];
      if (blocks.length === 3) return createSecureContext({ ca: blocks[0]!, cert: blocks[1]!, key: blocks[2]! });
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  return undefined;
}
