/** What a document is, before it is understood. Apart because folders are searched by it. */
import type { Located } from '../../base/yaml.ts';

/** Whether it is a kind config, of any version. */
export function isKindConfig(document: Located): boolean {
  const group = (textOf(document, 'apiVersion') ?? '').split('/')[0] ?? '';
  return ['Cluster', 'Config'].includes(textOf(document, 'kind') ?? '') && group.startsWith('kind.');
}

/** API groups of files that a tool on the desk reads and no API server ever serves (skaffold, kubeadm, the kubelet, the API server's own settings, eksctl, k3d, ctlptl). */
const toolGroups: readonly string[] = [
  'skaffold',
  'kubeadm.k8s.io',
  'kubelet.config.k8s.io',
  'kubeproxy.config.k8s.io',
  'kubescheduler.config.k8s.io',
  'controllermanager.config.k8s.io',
  'apiserver.config.k8s.io',
  'apiserver.k8s.io',
  'audit.k8s.io',
  'eksctl.io',
  'k3d.io',
  'ctlptl.dev',
];

/** Whether it is the setting of a tool: one of the groups above, a kubeconfig, or a chart's Chart.yaml. Such files lie beside manifests and are never applied. */
export function isToolConfig(document: Located): boolean {
  const kind = textOf(document, 'kind');
  const apiVersion = textOf(document, 'apiVersion') ?? '';
  if (kind === undefined) return /(^|\/)Chart\.ya?ml$/.test(document.place.file ?? '');
  return toolGroups.includes(apiVersion.split('/')[0] ?? '') || (kind === 'Config' && apiVersion === 'v1');
}

/** A text directly under a mapping, if it is one. */
export function textOf(node: Located, key: string): string | undefined {
  const child = node.kind === 'map' ? node.entries.get(key) : undefined;
  return child?.kind === 'scalar' && typeof child.value === 'string' ? child.value : undefined;
}

/** Whether a file is kustomize's own, which may leave out its kind. */
export function isKustomization(path: string): boolean {
  return /(^|\/)kustomization\.ya?ml$/i.test(path);
}

/** How a file that is not understood as a manifest is named among what was assumed. */
export function leftOutInWords(path: string, why: string): string {
  return `${path} ${why} and is left out`;
}
