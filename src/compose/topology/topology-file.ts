/** topology.yaml: sites, link, replication, global load balancer and steady state. Apart because this is the one format that is ours, so unknown keys are refused. */
import { cronProblems, parseCron } from '../../base/cron.ts';
import { knownWords } from '../../base/errors.ts';
import type { GlobalLoadBalancer, Link, Replication } from '../../domain/between-sites.ts';
import type { Site, SteadyState } from '../../domain/topology.ts';
import type { Field } from './field.ts';

/** Sites as topology.yaml has them, before their clusters are read. */
export interface SiteHead {
  readonly name: string;
  readonly role: Site['role'];
  readonly apiLoadBalancer?: Site['apiLoadBalancer'];
}

/** Refuses what the format does not know. */
export function checkKeys(root: Field): void {
  if (root.present && root.node?.kind !== 'map') root.entries();
  root.onlyKeys(['name', 'sites', 'link', 'replication', 'globalLoadBalancer', 'steadyState', 'apiLoadBalancer']);
}

/** The sites, one or two. */
export function readSiteHeads(root: Field): SiteHead[] {
  const sites = root.get('sites').required().entries();
  if (root.get('sites').present && (sites.length < 1 || sites.length > 2))
    root.get('sites').complain(`Expected one or two sites, got ${sites.length}`);
  const common = root.get('apiLoadBalancer').oneOf(['haproxy', 'envoy'] as const);
  const heads = sites.map(([name, site]) => {
    site.onlyKeys(['cluster', 'manifests', 'role', 'apiLoadBalancer']);
    if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > 63)
      site.complain(`Expected a site's name of at most 63 small letters, digits and hyphens, got \`${name}\``);
    if (name === 'all') site.complain("Expected a site's name other than `all`, which means every site");
    const apiLoadBalancer = site.get('apiLoadBalancer').oneOf(['haproxy', 'envoy'] as const) ?? common;
    const role = site.get('role').oneOf(['active', 'standby'] as const) ?? 'active';
    return { name, role, ...(apiLoadBalancer === undefined ? {} : { apiLoadBalancer }) };
  });
  if (heads.length > 0 && heads.every((head) => head.role === 'standby'))
    root.get('sites').complain('Expected at least one active site');
  return heads;
}

/** Ten minutes: beyond any time-out of the platform nothing changes any more. */
const delayMsMax = 600_000;
/** A day: no health check waits longer, and numbers far beyond it are no times any more. */
const waitMsMax = 86_400_000;
/** Checks in a row. */
const checksMax = 1_000;

/** Between the sites; the default is a metropolitan pair, 1 ms and 1 Gbit/s. */
export function readLink(root: Field, siteCount: number, assumed: string[]): Link {
  const link = root.get('link');
  link.onlyKeys(['delayMs', 'bandwidthMbps']);
  if (!link.present && siteCount > 1) assumed.push('link: 1 ms one way and 1000 Mbit/s');
  return {
    delayMs: link.get('delayMs').number({ min: 0, max: delayMsMax, unit: 'ms one way' }) ?? 1,
    bandwidthMbps: link.get('bandwidthMbps').number({ above: 0, max: 1e9, unit: 'Mbit/s' }) ?? 1000,
  };
}

/** The replications. `workloads` are the known `site/workload` names. */
export function readReplication(root: Field, workloads: readonly string[], assumed: string[]): Replication[] {
  return root
    .get('replication')
    .entries()
    .flatMap(([name, entry]) => {
      entry.onlyKeys(['between', 'from', 'to', 'mode', 'originFilter', 'uniqueKey', 'synchronous', 'schedule']);
      const ends = readEnds(entry, workloads);
      const mode = entry.get('mode').oneOf(['stream', 'batch'] as const) ?? 'stream';
      if (ends === undefined) return [];
      const [from, to] = ends;
      if (mode === 'batch') return readBatch(name, entry, from, to, assumed);
      if (entry.get('schedule').present)
        entry.get('schedule').complain('Expected no schedule for mode stream', 'Only mode batch has a schedule.');
      return [
        {
          name,
          mode,
          from,
          to,
          bothWays: entry.get('between').present,
          originFilter: entry.get('originFilter').flag() ?? true,
          uniqueKey: entry.get('uniqueKey').flag() ?? true,
          synchronous: entry.get('synchronous').flag() ?? false,
        },
      ];
    });
}

function readBatch(name: string, entry: Field, from: string, to: string, assumed: string[]): Replication[] {
  if (entry.get('between').present)
    entry.get('between').complain('Expected `from` and `to` for mode batch, got `between`');
  for (const key of ['originFilter', 'uniqueKey', 'synchronous'])
    if (entry.get(key).present)
      entry.get(key).complain(`Expected no \`${key}\` for mode batch`, 'Only mode stream has it.');
  const schedule = entry.get('schedule').required().text();
  if (schedule === undefined) return [];
  const problems = cronProblems(schedule);
  for (const { message, hint } of problems) entry.get('schedule').complain(message, hint);
  if (problems.length > 0) return [];
  const period = parseCron(schedule).period();
  if (!period.even)
    assumed.push(
      `replication ${name}: schedule ${schedule} is not even, its longest gap of ${period.periodMs / 60_000} min is played`,
    );
  return [{ name, mode: 'batch', from, to, schedule, periodMs: period.periodMs }];
}

function readEnds(entry: Field, workloads: readonly string[]): [string, string] | undefined {
  const between = entry.get('between');
  if (between.present && (entry.get('from').present || entry.get('to').present))
    between.complain('Expected either `between` or `from` and `to`, got both');
  const fields = between.present ? between.items() : [entry.get('from').required(), entry.get('to').required()];
  if (between.present && fields.length !== 2) between.complain(`Expected two ends, got ${fields.length}`);
  const ends = fields.map((field) => {
    const end = field.text();
    if (end !== undefined && !workloads.includes(end))
      field.complain(`Expected a known \`site/workload\`, got \`${end}\``, knownWords('Known', end, workloads));
    return end;
  });
  const [from, to] = ends;
  if (from === undefined || to === undefined) return undefined;
  if (from.split('/')[0] === to.split('/')[0])
    entry.complain(`Expected ends in two sites, got \`${from}\` and \`${to}\``);
  return [from, to];
}

/** The global load balancer: a proxy with equal weights for the active sites, unless said otherwise. */
export function readGlobalLoadBalancer(root: Field, sites: readonly SiteHead[]): GlobalLoadBalancer {
  const field = root.get('globalLoadBalancer');
  field.onlyKeys(['mode', 'check', 'weights', 'dns', 'dnsTtlSeconds']);
  const check = field.get('check');
  check.onlyKeys(['path', 'intervalMs', 'timeoutMs', 'fall', 'rise']);
  const count = (key: string, fallback: number, max: number, unit?: string) =>
    check.get(key).number({ min: 1, max, integer: true, ...(unit !== undefined && { unit }) }) ?? fallback;
  const mode = field.get('mode').oneOf(['proxy', 'dns'] as const) ?? 'proxy';
  if (mode === 'proxy')
    for (const key of ['dns', 'dnsTtlSeconds'])
      if (field.get(key).present)
        field.get(key).complain(`Expected no \`${key}\` for mode proxy`, 'Only mode dns has it.');
  return {
    mode,
    check: {
      path: check.get('path').text() ?? '/ready',
      intervalMs: count('intervalMs', 2000, waitMsMax, 'ms'),
      timeoutMs: count('timeoutMs', 1000, waitMsMax, 'ms'),
      fall: count('fall', 3, checksMax),
      rise: count('rise', 2, checksMax),
    },
    weights: readWeights(field.get('weights'), sites),
    ...(mode === 'dns' ? { dns: readDns(field) } : {}),
  };
}

function readWeights(field: Field, sites: readonly SiteHead[]): Record<string, number> {
  const names = sites.map((site) => site.name);
  if (!field.present) return Object.fromEntries(sites.map((site) => [site.name, site.role === 'active' ? 1 : 0]));
  const weights: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  for (const [name, weight] of field.entries()) {
    if (!names.includes(name))
      weight.complain(`Expected a known site, got \`${name}\``, knownWords('Sites', name, names));
    const value = weight.number({ min: 0 }) ?? 0;
    if (sites.some((site) => site.name === name && site.role === 'standby') && value > 0)
      weight.complain(
        `Expected the standby site ${name} to have weight 0, got ${value}`,
        `Set globalLoadBalancer.weights.${name} to 0, or its role to active.`,
      );
    weights[name] = value;
  }
  if (names.length > 0 && Object.values(weights).every((weight) => weight === 0))
    field.complain('Expected at least one site with a weight above 0');
  return weights;
}

/** Client shares: nine in ten honour the TTL, 8 % clamp it, 2 % ignore it. They are guesses: more that ignore it lengthen a failover's tail. */
const sharesDefault = { honour: 0.9, clamp: 0.08, ignore: 0.02 };

function readDns(field: Field): NonNullable<GlobalLoadBalancer['dns']> {
  const dns = field.get('dns');
  dns.onlyKeys(['ttlSeconds', 'honourRatio', 'clampRatio', 'ignoreRatio', 'clampSeconds']);
  const ratio = (key: string) => dns.get(key).number({ min: 0, max: 1 });
  const said = [ratio('honourRatio'), ratio('clampRatio'), ratio('ignoreRatio')];
  const some = said.some((share) => share !== undefined);
  const [honourRatio = 0, clampRatio = 0, ignoreRatio = 0] = some ? said : Object.values(sharesDefault);
  const sum = honourRatio + clampRatio + ignoreRatio;
  if (Math.abs(sum - 1) > 1e-9)
    dns.complain(`Expected honourRatio, clampRatio and ignoreRatio to sum to 1, got ${Math.round(sum * 1e6) / 1e6}`);
  const seconds = { above: 0, unit: 'seconds' };
  return {
    ttlSeconds: dns.get('ttlSeconds').number(seconds) ?? field.get('dnsTtlSeconds').number(seconds) ?? 30,
    honourRatio,
    clampRatio,
    ignoreRatio,
    clampSeconds: dns.get('clampSeconds').number(seconds) ?? 300,
  };
}

/** Steady states of API calls that the file leaves open: one of three API servers may fail a moment before its load balancer notices. */
const apiDefault: SteadyState = { successRatioMin: 0.95 };
const serviceDefault: SteadyState = { successRatioMin: 0.99 };

/** The steady state of every SLI. */
export function readSteadyState(
  root: Field,
  businessServices: readonly string[],
  assumed: string[],
): Record<string, SteadyState> {
  const slis = [...businessServices, 'api.write', 'api.read'];
  const out: Record<string, SteadyState> = {};
  for (const [name, entry] of root.get('steadyState').entries()) {
    if (!slis.includes(name))
      entry.complain(
        `Expected a business service, api.write or api.read, got \`${name}\``,
        knownWords('Known', name, slis),
      );
    entry.onlyKeys(['successRatioMin', 'p99MsMax']);
    const p99MsMax = entry.get('p99MsMax').number({ above: 0, unit: 'ms' });
    const fallback = name.startsWith('api.') ? apiDefault : serviceDefault;
    out[name] = {
      successRatioMin: entry.get('successRatioMin').number({ above: 0, max: 1 }) ?? fallback.successRatioMin,
      ...(p99MsMax === undefined ? {} : { p99MsMax }),
    };
  }
  for (const sli of slis) {
    if (out[sli] !== undefined) continue;
    out[sli] = sli.startsWith('api.') ? apiDefault : serviceDefault;
    assumed.push(`steady state of ${sli}: success ratio of at least ${out[sli].successRatioMin}`);
  }
  return out;
}
