/** A kind `v1alpha4` config as nodes, with kind's own names, taints and labels. Apart because everything about machines comes from here and nothing from manifests. */
import { toMiB } from '../../base/quantity.ts';
import type { Located } from '../../base/yaml.ts';
import type { EtcdTiming, NodeSpec, Site, Taint } from '../../domain/topology.ts';
import { createField, type Field } from './field.ts';
import { fieldsUnder, knownFieldsOf } from './known-fields.ts';
import { type KubeadmPatch, readKubeadmPatches } from './kubeadm-patches.ts';
import type { NotModelledList } from './not-modelled.ts';

/** Kubernetes minor when no image says one: the default image of kind 0.30. A wrong guess bends node-loss times by 10 s (40 s grace up to 1.31). */
const minorAssumed = 34;
/** Allocatable CPU of a node without the label, cores. Too many hides unschedulable pods. */
const cpuCoresAssumed = 8;
/** Allocatable memory of a node without the label, MiB. Too much hides unschedulable pods. */
const memoryMiBAssumed = 16_384;
/** Pods per node: the kubelet's default (kubernetes pkg/kubelet/apis/config maxPods). */
const podsMaxDefault = 110;
/** From the node images of kind 0.32 on, kind puts envoy before the API servers (kind pkg/cluster/internal/loadbalancer). */
const envoyMinor = 36;

/** Nodes of one cluster: Kubernetes itself is built for 5,000 (kubernetes.io, considerations for large clusters); a little more, so that the limit can be crossed. */
const nodesMax = 6_000;

/** The one format that is read (kind pkg/apis/config/v1alpha4). */
const kindVersion = 'kind.x-k8s.io/v1alpha4';

/** What the kind config says about a site. */
export interface ClusterShape extends Pick<Site, 'kubernetes' | 'apiLoadBalancer' | 'nodes'> {
  /** Seconds that pods without a toleration of their own bear an unready node (API server flags, default 300). */
  readonly tolerationSeconds: { readonly notReady: number; readonly unreachable: number };
  /** Absent: etcd's defaults. */
  readonly etcd?: EtcdTiming;
}

/** Where findings go that are no problems. */
export interface Findings {
  readonly notModelled: NotModelledList;
  readonly assumed: string[];
}

/** Reads a site's kind config. `nodeImage` replaces every image. */
export function readKindConfig(
  config: Field,
  site: string,
  nodeImage: string | undefined,
  findings: Findings,
): ClusterShape {
  compareKnown(config, findings);
  refuseUnknown(config);
  const cluster = config.get('name').text() ?? site;
  const nodes = nodeFields(config);
  const images = nodes.map((node) => nodeImage ?? node.get('image').text());
  const patches = readKubeadmPatches(config, nodes, findings.notModelled);
  const kubernetes = versionOf(images, config, site, findings);
  const around = { count: nodes.length, cluster, minor: kubernetes.minor };
  const nths = placesInRole(nodes);
  const specs = nodes.map((node, i) =>
    readNode(node, nths[i]!, around, patches.perNode[i] ?? { labels: {}, taints: undefined }),
  );
  if (!specs.some((node) => node.role === 'control-plane'))
    config.get('nodes').complain('Expected at least one node with role control-plane');
  if (specs.some((node) => node.capacityAssumed))
    findings.assumed.push(
      `${site}: ${cpuCoresAssumed} cores and ${memoryMiBAssumed / 1024} GiB per node without the labels elevenproof.dev/cpu and elevenproof.dev/memory`,
    );
  const ordered = [
    ...specs.filter((node) => node.role === 'control-plane'),
    ...specs.filter((node) => node.role === 'worker'),
  ];
  return {
    kubernetes,
    apiLoadBalancer: kubernetes.minor >= envoyMinor ? 'envoy' : 'haproxy',
    nodes: ordered.map(({ capacityAssumed: _, ...node }) => ({ ...node, podsMax: patches.podsMax ?? podsMaxDefault })),
    tolerationSeconds: patches.tolerationSeconds,
    ...(patches.etcd === undefined ? {} : { etcd: patches.etcd }),
  };
}

/** A config without nodes means one control plane, as kind has it. */
function nodeFields(config: Field): Field[] {
  const nodes = config.get('nodes');
  const empty = !nodes.present || (nodes.node?.kind === 'list' && nodes.node.items.length === 0);
  if (nodes.node?.kind === 'list' && nodes.node.items.length > nodesMax) {
    nodes.complain(`Expected at most ${nodesMax} nodes in one cluster, got ${nodes.node.items.length}`);
    return nodes.items().slice(0, 1);
  }
  return empty ? [createField(undefined, 'nodes[0]', nodes.place, nodes.problems)] : nodes.items();
}

function compareKnown(config: Field, findings: Findings): void {
  const known = knownFieldsOf('kind');
  if (config.node !== undefined && known !== undefined)
    findings.notModelled.compare('kind', config.node as Located, known);
}

/** kind itself refuses unknown fields and other versions of its format. */
function refuseUnknown(config: Field): void {
  const version = config.get('apiVersion').text();
  if (version !== undefined && version !== kindVersion) {
    const hint =
      'kind reads no older format any more. Nodes and networking are written the same in this one; kubeadmConfigPatchesJson6902 is kubeadmConfigPatchesJSON6902.';
    config.get('apiVersion').complain(`Expected apiVersion ${kindVersion}, got \`${version}\``, hint);
    return;
  }
  const name = config.get('name').text();
  if (name !== undefined && !/^[a-z0-9.-]+$/.test(name))
    config
      .get('name')
      .complain(`Expected a cluster's name of small letters, digits, dots and hyphens, got \`${name}\``);
  config.onlyKeys(fieldsUnder(knownFieldsOf('kind'), []).filter((key) => key !== 'status' && key !== 'metadata'));
  for (const node of config.get('nodes').items()) node.onlyKeys(fieldsUnder(knownFieldsOf('kind'), ['nodes']));
  config.get('networking').onlyKeys(fieldsUnder(knownFieldsOf('kind'), ['networking']));
}

type RawNode = NodeSpec & { readonly capacityAssumed: boolean };

interface Around {
  readonly count: number;
  readonly cluster: string;
  readonly minor: number;
}

function readNode(node: Field, nth: number, { count, cluster, minor }: Around, patch: KubeadmPatch): RawNode {
  const role = roleOf(node);
  node.get('role').oneOf(['control-plane', 'worker']);
  const name = `${cluster}-${role}${nth === 1 ? '' : nth}`;
  const labels = node.get('labels');
  const cpu = labels.get('elevenproof.dev/cpu').quantity();
  const memory = labels.get('elevenproof.dev/memory').quantity();
  for (const [key, value] of [
    ['cpu', cpu],
    ['memory', memory],
  ] as const)
    if (value === 0)
      labels.get(`elevenproof.dev/${key}`).complain(`Expected the node label elevenproof.dev/${key} to be above 0`);
  return {
    name,
    role,
    labels: { ...labelsOfKind(name, role, minor), ...patch.labels, ...labels.texts() },
    taints: patch.taints ?? taintsOfKind(role, count, minor),
    cpuCores: cpu ?? cpuCoresAssumed,
    memoryMiB: memory === undefined ? memoryMiBAssumed : toMiB(memory),
    podsMax: podsMaxDefault,
    capacityAssumed: cpu === undefined || memory === undefined,
  };
}

/** Which node of its role each one is, from 1. */
function placesInRole(nodes: readonly Field[]): readonly number[] {
  const seen = { 'control-plane': 0, worker: 0 };
  return nodes.map((node) => ++seen[roleOf(node)]);
}

function roleOf(node: Field): NodeSpec['role'] {
  const role = node.get('role').node;
  return role?.kind === 'scalar' && role.value === 'worker' ? 'worker' : 'control-plane';
}

/** What kubeadm and the kubelet label by themselves; the beta ones are deprecated and still set. */
function labelsOfKind(name: string, role: NodeSpec['role'], minor: number): Record<string, string> {
  const machine = { os: 'linux', arch: 'amd64' };
  const common = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': machine.os,
    'kubernetes.io/arch': machine.arch,
    'beta.kubernetes.io/os': machine.os,
    'beta.kubernetes.io/arch': machine.arch,
  };
  if (role === 'worker') return common;
  return {
    ...common,
    ...(minor <= 23 ? { [masterKey]: '' } : {}),
    [controlPlaneKey]: '',
    'node.kubernetes.io/exclude-from-external-load-balancers': '',
  };
}

const controlPlaneKey = 'node-role.kubernetes.io/control-plane';
const masterKey = 'node-role.kubernetes.io/master';

/** kind takes the taints off when the cluster is a single node (kind pkg/cluster/internal/create/actions/kubeadminit). kubeadm's taint was called master up to 1.23, both ways in 1.24, control-plane since (kubeadm KEP 2067). */
function taintsOfKind(role: NodeSpec['role'], nodeCount: number, minor: number): Taint[] {
  if (role === 'worker' || nodeCount === 1) return [];
  const keys = [...(minor >= 24 ? [controlPlaneKey] : []), ...(minor <= 24 ? [masterKey] : [])];
  return keys.map((key) => ({ key, value: '', effect: 'NoSchedule' }));
}

function versionOf(
  images: readonly (string | undefined)[],
  config: Field,
  site: string,
  findings: Findings,
): Site['kubernetes'] {
  const image = images.find((one) => one !== undefined);
  const minors = images.map(minorOf);
  const minor = minors[0] ?? minors.find((one) => one !== undefined);
  if (new Set(minors.map((one) => one ?? minorAssumed)).size > 1)
    findings.notModelled.add('kind.nodes.image (different versions in one cluster)', config.get('nodes').place, ['*']);
  if (image === undefined) findings.assumed.push(`${site}: no node image, Kubernetes 1.${minorAssumed} assumed`);
  else if (minor === undefined)
    findings.assumed.push(`${site}: node image ${image} names no version, Kubernetes 1.${minorAssumed} assumed`);
  return { minor: minor ?? minorAssumed, ...(image === undefined ? {} : { image }), assumed: minor === undefined };
}

/** `kindest/node:v1.34.0@sha256:…` is 34. */
function minorOf(image: string | undefined): number | undefined {
  const match = /:v?1\.(\d{1,3})(?:\.|@|-|$)/.exec(image ?? '');
  return match === null ? undefined : Number(match[1]);
}
