/** Percentages that an API server bounds. Apart because rollouts and budgets share the rule. */
import type { Field } from './field.ts';

/** Complains of more than 100 % (kubernetes pkg/apis/apps/validation IsNotMoreThan100Percent); a number may be any. */
export function refuseAbove100(field: Field): void {
  const value = field.node?.kind === 'scalar' ? String(field.node.value) : '';
  const percent = /^(\d+)%$/.exec(value)?.[1];
  if (percent !== undefined && Number(percent) > 100)
    field.complain(`Expected \`${field.path}\` to be at most 100%, got \`${value}\``);
}
