/** Label selectors: reading them, and whether they match. Apart because Services, workloads, budgets and spread constraints all select. */
import type { LabelSelector } from '../../domain/topology.ts';
import { refuseLabelKey, refuseLabels } from './api-names.ts';
import type { Field } from './field.ts';

/** `matchLabels` and `matchExpressions`. */
export function readSelector(field: Field): LabelSelector {
  const expressions = field.get('matchExpressions').items().map(readExpression);
  refuseLabels(field.get('matchLabels'));
  return { labels: field.get('matchLabels').texts(), expressions };
}

function readExpression(expression: Field): LabelSelector['expressions'][number] {
  const key = expression.get('key').required();
  if (key.text() !== undefined) refuseLabelKey(key, key.text() ?? '');
  const operator = expression
    .get('operator')
    .required()
    .oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist'] as const);
  const values = expression.get('values').items();
  if (operator !== undefined && operator.endsWith('In') !== values.length > 0)
    expression.complain(
      `Expected ${operator.endsWith('In') ? 'values' : 'no values'} beside operator ${operator}, got ${values.length || 'none'}`,
    );
  return {
    key: key.text() ?? '',
    operator: operator ?? ('Exists' as const),
    values: values.flatMap((value) => value.text() ?? []),
  };
}

/** Matches no labels at all. */
const nothing: LabelSelector = { labels: {}, expressions: [{ key: '', operator: 'In', values: [] }] };

/** A selector that may be left out, as of a spread constraint or a budget: then it selects nothing, where an empty one selects everything (kubernetes apimachinery LabelSelectorAsSelector). */
export function readOptionalSelector(field: Field): LabelSelector {
  return field.present ? readSelector(field) : nothing;
}

/** Whether a selector matches labels; an empty one matches all. */
export function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  for (const [key, value] of Object.entries(selector.labels)) if (labels[key] !== value) return false;
  return selector.expressions.every(({ key, operator, values }) => {
    const label = labels[key];
    if (operator === 'Exists') return label !== undefined;
    if (operator === 'DoesNotExist') return label === undefined;
    const inside = label !== undefined && values.includes(label);
    return operator === 'In' ? inside : !inside;
  });
}

/** As people write it: `app=orders,tier in (a, b)`. */
export function formatSelector(selector: LabelSelector): string {
  const labels = Object.entries(selector.labels).map(([key, value]) => `${key}=${value}`);
  const expressions = selector.expressions.map(({ key, operator, values }) =>
    values.length === 0 ? `${key} ${operator}` : `${key} ${operator} (${values.join(', ')})`,
  );
  return [...labels, ...expressions].join(',');
}
