import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { envoyConfig } from '../../../../src/platform/kind/provision/envoy-config.ts';
import { haproxyConfig } from '../../../../src/platform/kind/provision/haproxy-config.ts';

const servers = [
  { name: 'ep-1-east-control-plane', address: '172.20.4.11' },
  { name: 'ep-1-east-control-plane2', address: '172.20.4.12' },
];

test('haproxy finds a dead API server in two seconds and asks the next one at once', () => {
  const text = haproxyConfig(servers);
  expect(text).toContain('inter 1s fall 2 rise 1');
  expect(text).toContain('option redispatch 1');
  expect(text).toContain('  server ep-1-east-control-plane2 172.20.4.12:6443\n');
});

/** The parts of kind's text that bear on us, in its shape. */
const kinds = `
resources:
- "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
  name: kube_apiservers
  connect_timeout: 0.25s
  type: STRICT_DNS
  health_checks:
  - timeout: 3s
    interval: 2s
    unhealthy_threshold: 2
    healthy_threshold: 1
    no_traffic_interval: 3s
    event_log_path: /dev/stdout
    http_health_check:
      path: /healthz
    transport_socket_match_criteria:
      tls_mode: "true"
  load_assignment:
    cluster_name: kube_apiservers
    endpoints:
    - lb_endpoints:
      - endpoint:
          address:
            socket_address:
              address: ep-1-east-control-plane
              port_value: 6443
      - endpoint:
          address:
            socket_address:
              address: ep-1-east-control-plane2
              port_value: 6443
`;

test('envoy is given the same checks, and keeps what else kind says', () => {
  const [cluster] = parse(envoyConfig(kinds, servers)).resources;
  expect(cluster.health_checks).toEqual([
    {
      timeout: '2s',
      interval: '1s',
      no_traffic_interval: '1s',
      unhealthy_threshold: 2,
      healthy_threshold: 1,
      event_log_path: '/dev/stdout',
      http_health_check: { path: '/readyz' },
      transport_socket_match_criteria: { tls_mode: 'true' },
    },
  ]);
  expect(cluster).toMatchObject({ connect_timeout: '0.25s', close_connections_on_host_health_failure: true });
});

test('envoy is given addresses in place of names', () => {
  const [cluster] = parse(envoyConfig(kinds, servers)).resources;
  const endpoints = cluster.load_assignment.endpoints[0].lb_endpoints;
  expect(
    endpoints.map(
      (each: { endpoint: { address: { socket_address: object } } }) => each.endpoint.address.socket_address,
    ),
  ).toEqual([
    { address: '172.20.4.11', port_value: 6443 },
    { address: '172.20.4.12', port_value: 6443 },
  ]);
});
