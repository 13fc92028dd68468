/** The global load balancer's configuration as text. Apart because it is pure: two levels in one process, so that a dead worker costs a moment and only a dead site costs its share of customers. */
import { accessLogDirectives, siteHeader } from '../../../domain/access-log.ts';
import type { GlobalLoadBalancer } from '../../../domain/between-sites.ts';

/** What the text is made of. */
export interface BalancerPlan {
  readonly sites: readonly {
    readonly name: string;
    /** Entry of the site: every worker that forwards to it. */
    readonly workers: readonly { readonly name: string; readonly address: string }[];
    readonly nodePort: number;
    /** 0 to {@link weightMax}. */
    readonly weight: number;
  }[];
  readonly check: GlobalLoadBalancer['check'];
}

/** Ports inside the balancer's container: customers, and the runtime API. */
export const balancerPorts = { customers: 8080, runtime: 9999 } as const;

/** Path that the balancer answers by itself while it runs, whatever the sites do. */
export const balancerAlive = '/.elevenproof/alive';

/** HAProxy's largest weight. */
export const weightMax = 256;

/** Name of the backend whose servers are the sites. */
export const sitesBackend = 'sites';

/** The whole file. */
export function balancerConfig(plan: BalancerPlan): string {
  return [...globalLines, '', ...defaultLines, '', ...customerLines(plan), '', ...plan.sites.flatMap(siteLines)].join(
    '\n',
  );
}

const globalLines = [
  'global',
  '  log stdout format raw local0 info',
  `  stats socket ipv4@0.0.0.0:${balancerPorts.runtime} level admin`,
  '  stats timeout 1h',
  '  maxconn 4000',
];

/** The client's own limit decides (1 s and more); 2 s here only keeps what it gave up from piling up. A connection that a worker does not accept within 500 ms is tried once more, elsewhere. */
const defaultLines = [
  'defaults',
  '  mode http',
  '  log global',
  '  option http-server-close',
  '  option redispatch 1',
  '  retries 1',
  '  timeout connect 500ms',
  '  timeout client 10s',
  '  timeout http-request 10s',
  '  timeout http-keep-alive 10s',
  '  timeout queue 1s',
  '  timeout server 2s',
];

function customerLines({ sites, check }: BalancerPlan): readonly string[] {
  const { path, intervalMs, timeoutMs, fall, rise } = check;
  return [
    'frontend customers',
    `  bind :${balancerPorts.customers}`,
    `  monitor-uri ${balancerAlive}`,
    ...accessLogDirectives.map((line) => `  ${line}`),
    `  default_backend ${sitesBackend}`,
    '',
    `backend ${sitesBackend}`,
    '  balance roundrobin',
    '  option httpchk',
    // Many servers refuse what bears no Host.
    `  http-check send meth GET uri ${path} ver HTTP/1.1 hdr Host ready.elevenproof`,
    '  http-check expect status 200-399',
    `  timeout check ${timeoutMs}ms`,
    `  http-response set-header ${siteHeader} %[srv_name]`,
    `  default-server check inter ${intervalMs}ms fall ${fall} rise ${rise}`,
    ...sites.map(({ name, weight }) => `  server ${name} abns@site-${name} weight ${weight}`),
  ];
}

/** Inside a site: workers are probed twice a second, so that a dead one is out before customers notice much. */
function siteLines({ name, workers, nodePort }: BalancerPlan['sites'][number]): readonly string[] {
  return [
    `frontend site-${name}`,
    `  bind abns@site-${name}`,
    '  no log',
    `  default_backend workers-${name}`,
    '',
    `backend workers-${name}`,
    '  balance roundrobin',
    '  timeout check 500ms',
    '  default-server check inter 500ms fall 2 rise 1',
    ...workers.map((worker) => `  server ${worker.name} ${worker.address}:${nodePort}`),
    '',
  ];
}

/** Shares of any scale as weights of HAProxy: whole numbers up to {@link weightMax} stay as they are, others are scaled; what is not 0 stays at least 1. A site that is not named gets 0. */
export function toWeights(
  sites: readonly string[],
  shares: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const share = (site: string) => (Object.hasOwn(shares, site) ? Math.max(0, shares[site]! || 0) : 0);
  const most = Math.max(...sites.map(share));
  const exact = most <= weightMax && sites.every((site) => Number.isInteger(share(site)));
  const scaled = (value: number) => (value === 0 ? 0 : Math.max(1, Math.round((value / most) * weightMax)));
  return Object.fromEntries(sites.map((site) => [site, exact ? share(site) : scaled(share(site))]));
}
