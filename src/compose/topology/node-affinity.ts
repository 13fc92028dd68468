/** Reads `affinity.nodeAffinity`. Apart because its terms have operators that label selectors lack. */
import type { NodeAffinity, NodeTerm } from '../../domain/node-affinity.ts';
import type { Field } from './field.ts';

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;

/** Required terms and preferences; none of either when the field is left out. */
export function readNodeAffinity(field: Field): NodeAffinity {
  return {
    required: field
      .get('requiredDuringSchedulingIgnoredDuringExecution')
      .get('nodeSelectorTerms')
      .items()
      .map(readTerm),
    preferred: field
      .get('preferredDuringSchedulingIgnoredDuringExecution')
      .items()
      .map((one) => ({
        weight: one.get('weight').required().number({ min: 1, max: 100, integer: true }) ?? 1,
        term: readTerm(one.get('preference').required()),
      })),
  };
}

function readTerm(term: Field): NodeTerm {
  const parts = [...term.get('matchExpressions').items(), ...term.get('matchFields').items()];
  return parts.map((part) => ({
    key: part.get('key').required().text() ?? '',
    operator: part.get('operator').required().oneOf(operators) ?? 'Exists',
    values: part
      .get('values')
      .items()
      .flatMap((value) => value.text() ?? []),
  }));
}
