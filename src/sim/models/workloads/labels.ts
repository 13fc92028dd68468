/** Label selectors and taints: what matches what. Apart because scheduler, budgets and evictions all ask. */
import type { LabelSelector, Taint, Toleration } from '../../../domain/topology.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether the labels satisfy every part of the selector. An empty selector matches everything. */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  return matchesLabels(selector.labels, labels) && selector.expressions.every((part) => matchesPart(part, labels));
}

/** Whether every wanted label is there with that value, as a nodeSelector. */
export function matchesLabels(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function matchesPart(part: LabelSelector['expressions'][number], labels: Labels): boolean {
  const value = labels[part.key];
  switch (part.operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && part.values.includes(value);
    case 'NotIn':
      return value === undefined || !part.values.includes(value);
  }
}

/** Whether one toleration bears the taint. */
export function bears(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  if (toleration.key !== '' && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || toleration.value === taint.value;
}

/** Whether any of the tolerations bears the taint. */
export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some((toleration) => bears(toleration, taint));
}

/** How long a NoExecute taint is borne, ms: 0 when not tolerated, Infinity for ever, else the shortest of the tolerations that match (kubernetes/kubernetes pkg/controller/tainteviction getMinTolerationTime). */
export function borneMs(tolerations: readonly Toleration[], taint: Taint): number {
  const matching = tolerations.filter((toleration) => bears(toleration, taint));
  if (matching.length === 0) return 0;
  const bounded = matching.flatMap(({ seconds }) => (seconds === undefined ? [] : [Math.max(0, seconds) * 1000]));
  return Math.min(Number.POSITIVE_INFINITY, ...bounded);
}
