/** The configuration of the envoy that kind from 0.32 on puts before several API servers, with checks that find a dead one in two seconds. Apart because it is text that can be tested without a container. */
import { parse, stringify } from 'yaml';
import type { ApiServer } from './haproxy-config.ts';

/** Where kind keeps the list of clusters; envoy reads it anew when a file is moved to that place. Source: kind, pkg/cluster/internal/loadbalancer/config.go, 0.33. */
export const envoyPath = '/home/envoy/cds.yaml';

/** A check each second, two failures or one success decide (kind: 2 s and 3 s without traffic, a time-out of 3 s). */
const check = {
  interval: '1s',
  no_traffic_interval: '1s',
  timeout: '2s',
  unhealthy_threshold: 2,
  healthy_threshold: 1,
};

interface Resource {
  name?: string;
  health_checks?: { http_health_check?: Record<string, unknown> }[];
  load_assignment?: { endpoints?: { lb_endpoints?: Endpoint[] }[] };
}

interface Endpoint {
  endpoint?: { address?: { socket_address?: { address?: string } } };
}

/** kind's text with tighter checks, readyz in place of healthz, addresses for names, and connections closed to a server that is found dead. What it does not know in the text stays. */
export function envoyConfig(kindsText: string, servers: readonly ApiServer[]): string {
  const document = parse(kindsText) as { resources?: Resource[] };
  const resources = (document.resources ?? []).map((resource) => tighten(resource, servers));
  return stringify({ ...document, resources });
}

function tighten(resource: Resource, servers: readonly ApiServer[]): Resource {
  const checks = (resource.health_checks ?? []).map((given) => ({
    ...given,
    ...check,
    http_health_check: { ...given.http_health_check, path: '/readyz' },
  }));
  for (const { endpoint } of resource.load_assignment?.endpoints?.flatMap((each) => each.lb_endpoints ?? []) ?? []) {
    const socket = endpoint?.address?.socket_address;
    const server = servers.find(({ name }) => name === socket?.address);
    if (socket !== undefined && server !== undefined) socket.address = server.address;
  }
  return {
    ...resource,
    health_checks: checks,
    ...{ close_connections_on_host_health_failure: true },
  };
}
