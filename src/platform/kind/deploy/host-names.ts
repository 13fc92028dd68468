/** Nodes bear the names of their containers; pods that ask for a node by the topology's name are sent to the right one. Apart because names are all that it knows. */
import { type Ground, machineOf } from '../ground.ts';
import { type Draft, templateOf } from './draft.ts';

/** The label that carries a node's name. */
const hostnameLabel = 'kubernetes.io/hostname';

/** Translates node names in node selectors and node affinities. */
export function mapHostnames(drafts: readonly Draft[], ground: Ground): void {
  const containerOf = (node: string) => machineOf(ground, node)?.container ?? node;
  for (const draft of drafts) {
    const spec = templateOf(draft)?.spec;
    const wanted = spec?.nodeSelector?.[hostnameLabel];
    if (wanted !== undefined) spec!.nodeSelector![hostnameLabel] = containerOf(wanted);
    visit(spec?.affinity, containerOf);
  }
}

/** Expressions on the label, however deep. */
function visit(node: unknown, containerOf: (name: string) => string): void {
  if (typeof node !== 'object' || node === null) return;
  const { key, values } = node as { key?: unknown; values?: unknown };
  if (key === hostnameLabel && Array.isArray(values)) (node as { values: string[] }).values = values.map(containerOf);
  for (const child of Object.values(node)) visit(child, containerOf);
}
