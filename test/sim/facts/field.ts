/** A field to ask facts of: small platforms written as kind configs and manifests, read as a user's are, stepped by hand. Apart from the facts so that each is a few lines. */
import type { Action, ActionArgs, ResolvedTarget, Verb } from '../../../src/domain/action.ts';
import type { Traffic } from '../../../src/domain/event.ts';
import type { LoadPlan } from '../../../src/domain/load.ts';
import type { Topology } from '../../../src/domain/topology.ts';
import type { Pod } from '../../../src/sim/model.ts';
import { createBefore, perform } from '../../../src/sim/perform.ts';
import { createWorld } from '../../../src/sim/world.ts';
import { documents, read, service } from '../../compose/topology/folder.ts';

/** A kind config. `zones`: labels of the workers, in order; `cpu`: cores of each node. */
export function cluster(
  controlPlanes: number,
  workers: number,
  wish: { readonly minor?: number; readonly zones?: readonly string[]; readonly cpu?: number } = {},
): string {
  const node = (role: string, zone: string | undefined) =>
    [
      `  - role: ${role}`,
      `    image: kindest/node:v1.${wish.minor ?? 34}.0`,
      '    labels:',
      `      elevenproof.dev/cpu: '${wish.cpu ?? 16}'`,
      ...(zone === undefined ? [] : [`      topology.kubernetes.io/zone: ${zone}`]),
    ].join('\n');
  const nodes = [
    ...Array.from({ length: controlPlanes }, () => node('control-plane', undefined)),
    ...Array.from({ length: workers }, (_, i) => node('worker', wish.zones?.[i])),
  ];
  return `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n${nodes.join('\n')}\n`;
}

/** What a manifest says of a workload; lines as they stand in the file, unindented. */
export interface AppWish {
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly replicas?: number;
  /** `elevenproof.dev/…`, without the prefix. */
  readonly says?: Readonly<Record<string, string>>;
  readonly spec?: string;
  readonly pod?: string;
  readonly container?: string;
}

/** Every 2 s, three failures. */
export const readiness = 'readinessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 2 }';
/** Bears a lost node for so many seconds. */
export const bears = (seconds: number) =>
  [
    'tolerations:',
    ...['not-ready', 'unreachable'].map(
      (key) =>
        `  - { key: node.kubernetes.io/${key}, operator: Exists, effect: NoExecute, tolerationSeconds: ${seconds} }`,
    ),
  ].join('\n');

/** A workload; 3 replicas with a readiness probe, unless told otherwise. */
export function app(name: string, wish: AppWish = {}): string {
  const indent = (text: string | undefined, by: number) =>
    (text ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `${' '.repeat(by)}${line}\n`)
      .join('');
  const kind = wish.kind ?? 'Deployment';
  const says = Object.entries(wish.says ?? {}).map(([key, value]) => `elevenproof.dev/${key}: '${value}'`);
  return `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
  annotations:
    example.com/owner: somebody
${indent(says.join('\n'), 4)}spec:
${kind === 'DaemonSet' ? '' : `  replicas: ${wish.replicas ?? 3}\n`}${kind === 'StatefulSet' ? `  serviceName: ${name}\n` : ''}${indent(wish.spec, 2)}  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
${indent(wish.pod, 6)}      containers:
        - name: main
          image: example.com/${name}:1.0
${indent(wish.container ?? readiness, 10)}`;
}

/** The Service of a workload. `says`: annotations, without the prefix. */
export function servedBy(name: string, says: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(says).map(([key, value]) => `    elevenproof.dev/${key}: '${value}'\n`);
  return service(name).replace(
    /metadata: .*\n/,
    `metadata:\n  name: ${name}\n${lines.length > 0 ? '  annotations:\n' : ''}${lines.join('')}`,
  );
}

/** One site from its files: a kind config and manifests. Its name is `site`. */
export function oneSite(kind: string, ...manifests: readonly string[]): Promise<Topology> {
  const sites = 'sites:\n  site: { cluster: kind.yaml, manifests: [app.yaml] }\n';
  return read({ 'topology.yaml': sites, 'kind.yaml': kind, 'app.yaml': documents(...manifests) });
}

/** Sites `east` and `west` of the same files, and what `topology.yaml` says between them. */
export function twoSites(kind: string, between: string, ...manifests: readonly string[]): Promise<Topology> {
  const site = (name: string) => `  ${name}: { cluster: kind.yaml, manifests: [app.yaml] }\n`;
  const standby = between.includes('standby: true');
  const sites = `sites:\n${site('east')}${standby ? site('west').replace(' }', ', role: standby }') : site('west')}`;
  const rest = between.replace('standby: true\n', '');
  return read({ 'topology.yaml': `${sites}${rest}`, 'kind.yaml': kind, 'app.yaml': documents(...manifests) });
}

/** The same rate in one channel from now on. */
export const constantly = (rateRps: number, service = 'shop', channel = 'web'): LoadPlan => ({
  service,
  channels: [{ name: channel, points: [[0, rateRps]], rateRpsBase: rateRps, rateRpsPeak: rateRps }],
  limitMs: 3_600_000,
});

/** A load that steps from one rate to another at a second of its play. */
export const stepping = (from: number, to: number, atSecond = 0, service = 'shop'): LoadPlan => ({
  service,
  channels: [
    {
      name: 'web',
      points: [
        [0, from],
        [atSecond * 1_000, from],
        [atSecond * 1_000, to],
      ],
      rateRpsBase: from,
      rateRpsPeak: Math.max(from, to),
    },
  ],
  limitMs: 3_600_000,
});

/** A world of this topology in which everything is deployed and a minute has passed. */
export function field(topology: Topology, seed = '7f3a', settleMs = 60_000) {
  const world = createWorld(topology, seed);
  const before = createBefore();
  const traffic: Traffic[] = [];
  world.served.on((event) => traffic.push(event));
  let acts = 0;
  const run = (untilMs: number) => {
    world.kernel.at(untilMs, () => {});
    while (world.kernel.step(untilMs)) {
      // one entry of the queue at a time
    }
  };
  const wait = (ms: number) => run(world.kernel.now() + ms);
  /** ms until it holds, looked at after every entry of the queue; Infinity when it does not within the limit. */
  const until = (holds: () => boolean, limitMs = 900_000): number => {
    const fromMs = world.kernel.now();
    world.kernel.at(fromMs + limitMs, () => {});
    while (!holds()) if (!world.kernel.step(fromMs + limitMs)) return Number.POSITIVE_INFINITY;
    return world.kernel.now() - fromMs;
  };
  const act = (verb: Verb, target: ResolvedTarget, args: ActionArgs = {}) => {
    const action: Action = { id: `fact#${acts++}`, verb, target, args, dud: false };
    perform(world, action, before);
  };
  for (const site of world.sites) world.workloads.deploy(site.name);
  run(settleMs);
  const first = world.sites[0]!.name;
  const pods = (workload: string, site = first): readonly Pod[] => world.workloads.pods(site, workload);
  const ready = (workload: string, site = first) => world.workloads.status(site, workload).ready;
  const node = (name: string, verb: Verb, site = first) => act(verb, { on: 'node', site, node: name });
  return { world, traffic, run, wait, until, act, pods, ready, node, now: () => world.kernel.now() };
}

/** Of the traffic inside [from, to): sums and latencies of a site and a channel (or all). Stretches that reach beyond are left out. */
export function sums(traffic: readonly Traffic[], fromMs: number, toMs: number, site?: string, channel?: string) {
  const seen = traffic.filter(
    (event) =>
      event.fromMs >= fromMs &&
      event.toMs <= toMs &&
      (site === undefined || event.site === site) &&
      (channel === undefined || event.channel === channel),
  );
  const sum = (of: (event: Traffic) => number) => seen.reduce((all, event) => all + of(event), 0);
  const [asked, ok] = [sum((event) => event.asked), sum((event) => event.ok)];
  const latency = seen.flatMap((event) => event.latency).sort((a, b) => a[0] - b[0]);
  const percentile = (ratio: number) => {
    let passed = 0;
    for (const [ms, count] of latency) {
      passed += count;
      if (passed >= ratio * ok) return ms;
    }
    return 0;
  };
  const meanMs = latency.reduce((all, [ms, count]) => all + ms * count, 0) / Math.max(1, ok);
  const retries = sum((event) => event.retries ?? 0);
  const seconds =
    (Math.max(...seen.map((event) => event.toMs)) - Math.min(...seen.map((event) => event.fromMs))) / 1_000;
  return { asked, ok, okPerSecond: ok / seconds, okRatio: asked === 0 ? 1 : ok / asked, retries, percentile, meanMs };
}

/** A measure over worlds of seeds 1 to `count`. */
export function overSeeds(count: number, measure: (seed: string) => number): readonly number[] {
  return Array.from({ length: count }, (_, i) => measure((i + 1).toString(16)));
}

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
