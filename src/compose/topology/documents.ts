/** What a document is, before it is understood. Apart because folders are searched by it. */
import type { Located } from '../../base/yaml.ts';

/** Whether it is a kind config, of any version. */
export function isKindConfig(document: Located): boolean {
  return textOf(document, 'kind') === 'Cluster' && (textOf(document, 'apiVersion') ?? '').startsWith('kind.');
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
