/** Ports of containers, Services and probes, as an API server takes them (kubernetes pkg/apis/core/validation validateContainerPorts, validateServicePort, ValidatePortNumOrName). Apart because three kinds of objects name ports. */
import { refuseName, refuseTwice, textIn } from './api-names.ts';
import type { Field } from './field.ts';

const protocols = ['TCP', 'UDP', 'SCTP'] as const;
/** Bounds of a port. */
export const portBounds = { min: 1, max: 65_535, integer: true } as const;

/** Names are one per container; two containers may share one. */
export function refuseContainerPorts(ports: readonly Field[]): void {
  for (const port of ports) {
    refuseName(port.get('name'), 'port');
    port.get('containerPort').required().number(portBounds);
    port.get('protocol').oneOf(protocols);
  }
  refuseTwice(ports.map((port) => port.get('name')));
}

/** Several ports need names, and no two share a number and protocol. */
export function refuseServicePorts(ports: readonly Field[]): void {
  const seen = new Set<string>();
  for (const port of ports) {
    const name = port.get('name');
    if (ports.length > 1) name.required();
    refuseName(name, 'label');
    const number = port.get('port').required().number(portBounds);
    const key = `${number}/${port.get('protocol').oneOf(protocols) ?? 'TCP'}`;
    if (number !== undefined && seen.has(key))
      port.get('port').complain(`Expected each port of a Service once, got \`${key}\` twice`);
    seen.add(key);
    if (!isZero(port.get('targetPort'))) refusePort(port.get('targetPort'));
    port.get('nodePort').number({ ...portBounds, min: 0 });
  }
  refuseTwice(ports.map((port) => port.get('name')));
}

/** A number, or a container port's name; digits in quotes are neither. */
export function refusePort(field: Field): void {
  if (textIn(field) === undefined) field.number(portBounds);
  else refuseName(field, 'port');
}

/** Not stated, in the words of the API: the port's own number is meant. */
function isZero(field: Field): boolean {
  return field.node?.kind === 'scalar' && (field.node.value === 0 || field.node.value === '');
}
