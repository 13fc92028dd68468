/** The `extraArgs` of kubeadm's documents. Apart because two versions write them differently. */
import type { Field } from './field.ts';

/** Flags and their values: a mapping up to kubeadm v1beta3, a list of name and value from v1beta4 on. */
export function extraArgs(field: Field): Record<string, string> {
  return Object.fromEntries([...extraArgFields(field)].map(([name, value]) => [name, scalarText(value)]));
}

/** The same with the places of the values. */
export function extraArgFields(field: Field): ReadonlyMap<string, Field> {
  if (field.node?.kind === 'map') return new Map(field.entries());
  if (field.node?.kind !== 'list') return new Map();
  return new Map(field.items().map((item) => [scalarText(item.get('name')), item.get('value')]));
}

/** What a scalar says; empty for anything else. */
export function scalarText(field: Field): string {
  return field.node?.kind === 'scalar' ? String(field.node.value) : '';
}
