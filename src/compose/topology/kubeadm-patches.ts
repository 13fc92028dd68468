/** The kubeadm patches of a kind config: labels, taints and a few flags are understood, the rest is named as not modelled. Apart because they are YAML inside YAML. */
import type { EtcdTiming, Taint } from '../../domain/topology.ts';
import { readEtcdTiming } from './etcd-flags.ts';
import { extraArgs, scalarText } from './extra-args.ts';
import { gatesThatMatter, isHarmlessGate } from './feature-gates.ts';
import type { Field } from './field.ts';
import { jsonPatches, parsePatch } from './json-patches.ts';
import type { Impact } from './known-fields.ts';
import type { NotModelledList } from './not-modelled.ts';

/** What patches change on one node. */
export interface KubeadmPatch {
  readonly labels: Readonly<Record<string, string>>;
  /** Replaces the default taints. */
  readonly taints: readonly Taint[] | undefined;
}

/** What all patches of a config change. */
export interface KubeadmPatches {
  readonly perNode: readonly KubeadmPatch[];
  readonly podsMax: number | undefined;
  readonly tolerationSeconds: { readonly notReady: number; readonly unreachable: number };
  /** Absent: etcd's defaults. */
  readonly etcd: EtcdTiming | undefined;
}

/** Default of the API server's default-not-ready- and default-unreachable-toleration-seconds (kubernetes plugin/pkg/admission/defaulttolerationseconds). */
const tolerationSecondsDefault = 300;

/** Parts of kubeadm's documents that can change nothing measured, by document kind. */
const harmless: Readonly<Record<string, RegExp>> = {
  ClusterConfiguration:
    /^(apiVersion|kind|metadata|kubernetesVersion|imageRepository|clusterName|networking|dns|certificatesDir|apiServer\.(certSANs|extraVolumes|extraEnvs)|controllerManager\.extraVolumes|scheduler\.extraVolumes|(apiServer|controllerManager|scheduler)\.extraArgs\.(v|audit-.*|oidc-.*|bind-address|authentication-.*|runtime-config|service-account-.*|enable-aggregator-routing|profiling)|etcd\.local\.extraArgs\.(listen-metrics-urls|heartbeat-interval|election-timeout))(\.|$)/,
  InitConfiguration:
    /^(apiVersion|kind|metadata|nodeRegistration\.(name|criSocket|ignorePreflightErrors|taints|kubeletExtraArgs\.(node-labels|register-with-taints|v|authorization-mode|authentication-.*|cgroup-.*|provider-id|eviction-.*|image-gc-.*)))(\.|$)/,
  KubeletConfiguration:
    /^(apiVersion|kind|metadata|maxPods|cgroupDriver|cgroupRoot|authentication|authorization|serverTLSBootstrap|containerLogMax.*|evictionHard|evictionSoft.*|imageGC.*|failSwapOn|tlsCipherSuites)(\.|$)/,
  KubeProxyConfiguration: /^(apiVersion|kind|metadata|metricsBindAddress|conntrack)(\.|$)/,
};

/** Reads the patches of the config and of its nodes. */
export function readKubeadmPatches(
  config: Field,
  nodes: readonly Field[],
  notModelled: NotModelledList,
): KubeadmPatches {
  const ofCluster = patchesIn(config, notModelled);
  const ofNodes = nodes.map((node) => patchesIn(node, notModelled));
  const first = Math.max(
    0,
    nodes.findIndex((node) => node.get('role').node === undefined || isControlPlane(node)),
  );
  const all = [...ofCluster, ...ofNodes.flat()];
  for (const document of all) nameUnknown(document, notModelled);
  const apiServer = all
    .filter((document) => kindOf(document) === 'ClusterConfiguration')
    .map((document) => extraArgs(document.get('apiServer').get('extraArgs')));
  const seconds = (flag: string) =>
    apiServer.map((args) => Number(args[flag])).findLast((value) => Number.isInteger(value)) ??
    tolerationSecondsDefault;
  return {
    perNode: nodes.map((_, i) =>
      patchOf(
        [...ofCluster, ...(ofNodes[i] ?? [])].filter(
          (document) => kindOf(document) === (i === first ? 'InitConfiguration' : 'JoinConfiguration'),
        ),
      ),
    ),
    podsMax: all
      .filter((document) => kindOf(document) === 'KubeletConfiguration')
      .map((document) => document.get('maxPods').number({ above: 0, integer: true }))
      .findLast((max) => max !== undefined),
    etcd: readEtcdTiming(
      all
        .filter((document) => kindOf(document) === 'ClusterConfiguration')
        .map((document) => document.get('etcd').get('local').get('extraArgs')),
    ),
    tolerationSeconds: {
      notReady: seconds('default-not-ready-toleration-seconds'),
      unreachable: seconds('default-unreachable-toleration-seconds'),
    },
  };
}

/** Both kinds of patches of the config or of a node. kind applies the merge patches first (kind pkg/internal/patch). */
function patchesIn(owner: Field, notModelled: NotModelledList): Field[] {
  return [
    ...documentsOf(owner.get('kubeadmConfigPatches')),
    ...jsonPatches(owner.get('kubeadmConfigPatchesJSON6902'), notModelled),
  ];
}

/** The bootstrap node is the first control plane; it alone is initialised, all others join (kind pkg/cluster/internal/create/actions/config). */
function isControlPlane(node: Field): boolean {
  const role = node.get('role').node;
  return role?.kind === 'scalar' && role.value === 'control-plane';
}

function documentsOf(patches: Field): Field[] {
  return patches.items().flatMap((patch) => {
    const text = patch.text();
    if (text === undefined) return [];
    return parsePatch(text, patch);
  });
}

function kindOf(document: Field): string {
  const kind = document.get('kind').node;
  return kind?.kind === 'scalar' ? String(kind.value) : '';
}

function patchOf(documents: readonly Field[]): KubeadmPatch {
  let labels: Record<string, string> = {};
  let taints: readonly Taint[] | undefined;
  for (const document of documents) {
    const registration = document.get('nodeRegistration');
    const args = extraArgs(registration.get('kubeletExtraArgs'));
    labels = { ...labels, ...Object.fromEntries(pairs(args['node-labels'])) };
    if (registration.get('taints').node !== undefined) taints = registration.get('taints').items().map(readTaint);
    else if (args['register-with-taints'] !== undefined)
      taints = args['register-with-taints'].split(',').flatMap(taintOfFlag);
  }
  return { labels, taints };
}

function pairs(text: string | undefined): [string, string][] {
  if (text === undefined || text === '') return [];
  return text.split(',').map((part) => {
    const [key = '', value = ''] = part.split('=');
    return [key.trim(), value.trim()];
  });
}

function readTaint(taint: Field): Taint {
  const effect = taint.get('effect').oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) ?? 'NoSchedule';
  return { key: scalarText(taint.get('key')), value: scalarText(taint.get('value')), effect };
}

function taintOfFlag(text: string): Taint[] {
  const match = /^([^=:]+)(?:=([^:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(text.trim());
  return match === null ? [] : [{ key: match[1]!, value: match[2] ?? '', effect: match[3] as Taint['effect'] }];
}

/** Reserved resources leave less for pods; what remains of a document could change everything. */
function impactOf(kind: string, path: string): readonly Impact[] {
  if (kind === 'KubeProxyConfiguration') return ['services'];
  return /(system|kube)-?reserved(\.|$)/i.test(path) ? ['services', 'autoscaling', 'data'] : ['*'];
}

function nameUnknown(document: Field, notModelled: NotModelledList): void {
  const kind = kindOf(document);
  const known = harmless[kind === 'JoinConfiguration' ? 'InitConfiguration' : kind];
  for (const { path, value } of leaves(document, '')) {
    if (
      known?.test(path) === true ||
      isHarmlessGatePath(path, value) ||
      /\.default-(not-ready|unreachable)-toleration-seconds$/.test(path)
    )
      continue;
    notModelled.add(`kind.kubeadmConfigPatches.${kind}.${path}`, document.place, impactOf(kind, path));
  }
}

/** `featureGates.<gate>` of a document, or the flag `feature-gates` of a component. */
function isHarmlessGatePath(path: string, value: string): boolean {
  const gate = /^featureGates\.(\w+)$/.exec(path)?.[1];
  if (gate !== undefined) return isHarmlessGate(gate);
  return path.endsWith('.feature-gates') && gatesThatMatter(value).length === 0;
}

interface Leaf {
  readonly path: string;
  readonly value: string;
}

/** All scalars with their paths; a list of name and value counts as a mapping. */
function leaves(field: Field, path: string): Leaf[] {
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (field.node?.kind === 'map') return field.entries().flatMap(([key, child]) => leaves(child, below(key)));
  if (field.node?.kind !== 'list') return [{ path, value: scalarText(field) }];
  const named = field
    .items()
    .every((item) => item.node?.kind === 'map' && item.get('name').present && item.get('value').present);
  if (!named) return [{ path, value: '' }];
  return field
    .items()
    .map((item) => ({ path: below(scalarText(item.get('name'))), value: scalarText(item.get('value')) }));
}
