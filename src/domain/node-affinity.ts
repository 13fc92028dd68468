/** Node affinity: which nodes a pod may run on, and which it would rather. Apart because the readers of files and the scheduler ask the same question. */

/** One requirement on a node's labels, or on its name (key `metadata.name`). `Gt` and `Lt` compare whole numbers. */
export interface NodeRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** All of these. A term without requirements matches no node (kubernetes component-helpers scheduling/corev1/nodeaffinity). */
export type NodeTerm = readonly NodeRequirement[];

/** What is asked of nodes. */
export interface NodeAffinity {
  /** One of them must match; none stated: every node will do. */
  readonly required: readonly NodeTerm[];
  /** Weights, 1 to 100, add up over the terms that match. */
  readonly preferred: readonly { readonly weight: number; readonly term: NodeTerm }[];
}

/** Whether the node has what is required. */
export function nodeAllowed(
  affinity: NodeAffinity,
  node: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): boolean {
  return affinity.required.length === 0 || affinity.required.some((term) => matchesTerm(term, node));
}

/** The weight of what the node has of the preferences. */
export function nodePreference(
  affinity: NodeAffinity,
  node: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): number {
  return affinity.preferred.reduce((sum, { weight, term }) => sum + (matchesTerm(term, node) ? weight : 0), 0);
}

function matchesTerm(
  term: NodeTerm,
  node: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): boolean {
  const value = (key: string) => (key === 'metadata.name' ? node.name : node.labels[key]);
  return term.length > 0 && term.every((requirement) => matches(requirement, value(requirement.key)));
}

function matches({ operator, values }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Gt':
      return value !== undefined && Number.parseInt(value, 10) > Number.parseInt(values[0] ?? '', 10);
    case 'Lt':
      return value !== undefined && Number.parseInt(value, 10) < Number.parseInt(values[0] ?? '', 10);
  }
}
