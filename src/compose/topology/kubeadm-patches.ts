/** The kubeadm patches of a kind config: labels, taints and a few flags are understood, the rest is named as not modelled. Apart because they are YAML inside YAML. */
import { createProblemList } from '../../base/errors.ts';
import { type Located, parseYaml } from '../../base/yaml.ts';
import type { Taint } from '../../domain/topology.ts';
import { createField, type Field } from './field.ts';
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
}

/** Default of the API server's default-not-ready- and default-unreachable-toleration-seconds (kubernetes plugin/pkg/admission/defaulttolerationseconds). */
const tolerationSecondsDefault = 300;

/** Parts of kubeadm's documents that can change nothing measured, by document kind. */
const harmless: Readonly<Record<string, RegExp>> = {
  ClusterConfiguration:
    /^(apiVersion|kind|metadata|kubernetesVersion|imageRepository|clusterName|networking|dns|certificatesDir|apiServer\.(certSANs|extraVolumes|extraEnvs)|controllerManager\.extraVolumes|scheduler\.extraVolumes|(apiServer|controllerManager|scheduler)\.extraArgs\.(v|audit-.*|oidc-.*|bind-address|authentication-.*|runtime-config|service-account-.*|enable-aggregator-routing|profiling)|etcd\.local\.extraArgs\.listen-metrics-urls)(\.|$)/,
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
  const ofCluster = documentsOf(config.get('kubeadmConfigPatches'));
  const ofNodes = nodes.map((node) => documentsOf(node.get('kubeadmConfigPatches')));
  const all = [...ofCluster, ...ofNodes.flat()];
  for (const document of all) nameUnknown(document, notModelled);
  const apiServer = all
    .filter((document) => kindOf(document) === 'ClusterConfiguration')
    .map((document) => extraArgs(document.get('apiServer').get('extraArgs')));
  const seconds = (flag: string) =>
    apiServer.map((args) => Number(args[flag])).find((value) => Number.isInteger(value)) ?? tolerationSecondsDefault;
  return {
    perNode: nodes.map((_, i) =>
      patchOf(
        [...ofCluster, ...(ofNodes[i] ?? [])].filter(
          (document) => kindOf(document) === (i === 0 ? 'InitConfiguration' : 'JoinConfiguration'),
        ),
      ),
    ),
    podsMax: all
      .filter((document) => kindOf(document) === 'KubeletConfiguration')
      .map((document) => document.get('maxPods').number({ above: 0, integer: true }))
      .find((max) => max !== undefined),
    tolerationSeconds: {
      notReady: seconds('default-not-ready-toleration-seconds'),
      unreachable: seconds('default-unreachable-toleration-seconds'),
    },
  };
}

function documentsOf(patches: Field): Field[] {
  return patches.items().flatMap((patch) => {
    const text = patch.text();
    if (text === undefined) return [];
    const inside = createProblemList();
    const documents = parseYaml(text, patch.place.file ?? '', inside);
    for (const problem of inside.problems) patch.complain(problem.message);
    return documents.map((document) => createField(moved(document, patch), patch.path, patch.place, patch.problems));
  });
}

/** Everything inside a patch is pointed at where the patch stands. */
function moved(node: Located, patch: Field): Located {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => moved(item, patch)), place: patch.place };
  if (node.kind === 'map')
    return {
      ...node,
      entries: new Map([...node.entries].map(([key, value]) => [key, moved(value, patch)])),
      place: patch.place,
    };
  return { ...node, place: patch.place };
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

/** A mapping up to kubeadm v1beta3, a list of name and value from v1beta4 on. */
function extraArgs(field: Field): Record<string, string> {
  if (field.node?.kind === 'map')
    return Object.fromEntries(field.entries().map(([key, value]) => [key, scalarText(value)]));
  if (field.node?.kind !== 'list') return {};
  return Object.fromEntries(field.items().map((item) => [scalarText(item.get('name')), scalarText(item.get('value'))]));
}

function scalarText(field: Field): string {
  return field.node?.kind === 'scalar' ? String(field.node.value) : '';
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
  for (const path of leaves(document, '')) {
    if (known?.test(path) === true || /\.default-(not-ready|unreachable)-toleration-seconds$/.test(path)) continue;
    notModelled.add(`kind.kubeadmConfigPatches.${kind}.${path}`, document.place, impactOf(kind, path));
  }
}

/** Paths of all scalars; a list of name and value counts as a mapping. */
function leaves(field: Field, path: string): string[] {
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (field.node?.kind === 'map') return field.entries().flatMap(([key, child]) => leaves(child, below(key)));
  if (field.node?.kind !== 'list') return [path];
  const named = field
    .items()
    .every((item) => item.node?.kind === 'map' && item.get('name').present && item.get('value').present);
  return named ? field.items().map((item) => below(scalarText(item.get('name')))) : [path];
}
