/** The configuration of the haproxy that kind up to 0.31 puts before several API servers, with checks that find a dead one in two seconds. Apart because it is text that can be tested without a container. */

/** One API server behind the load balancer. */
export interface ApiServer {
  readonly name: string;
  readonly address: string;
}

/** Where kind keeps it. Source: kind, pkg/cluster/internal/loadbalancer/const.go, 0.27 to 0.31. */
export const haproxyPath = '/usr/local/etc/haproxy/haproxy.cfg';

/**
 * The whole file. It differs from kind's in this: servers by address (a name is gone from Docker's DNS while its node
 * is down, and comes back late); a check each second, two failures or one success decide (kind: 2 s, 3 and 2); readyz
 * in place of healthz; a connection that is refused goes to the next server at once; connections to a server that is
 * found dead are closed; connections that are idle stay, as watches are. An answer may take 2 s, as on a busy machine.
 */
export function haproxyConfig(servers: readonly ApiServer[], port = 6443): string {
  const lines = servers.map(({ name, address }) => `  server ${name} ${address}:${port}`);
  return `# Made by elevenproof in place of kind's own.
global
  maxconn 4000

defaults
  mode tcp
  option redispatch 1
  retries 2
  timeout connect 1s
  timeout check 2s
  timeout client 1h
  timeout server 1h

frontend control-plane
  bind *:${port}
  default_backend kube-apiservers

backend kube-apiservers
  option httpchk GET /readyz
  default-server check check-ssl verify none inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${lines.join('\n')}
`;
}
