/** What an API server refuses in the containers of a pod (kubernetes pkg/apis/core/validation). Apart from reading them because a refusal needs no default. A StatefulSet with such a template is taken, but none of its pods is. */
import { knownWords } from '../../base/errors.ts';
import { refuseName, refuseTwice, textIn } from './api-names.ts';
import type { Field } from './field.ts';
import { refuseContainerPorts, refusePort } from './ports.ts';

/** Complains of everything wrong in a pod's containers, init containers and volumes. `claims`: names of the volumes that a StatefulSet adds. */
export function refuseContainers(spec: Field, claims: readonly string[]): void {
  const containers = [...spec.get('containers').items(), ...spec.get('initContainers').items()];
  const volumes = spec
    .get('volumes')
    .items()
    .map((volume) => volume.get('name').required());
  for (const volume of volumes) refuseName(volume, 'label');
  refuseTwice(volumes);
  refuseTwice(containers.map((container) => container.get('name')));
  const known = [...volumes.flatMap((volume) => textIn(volume) ?? []), ...claims];
  for (const container of containers) {
    refuseName(container.get('name').required(), 'label');
    refuseContainerPorts(container.get('ports').items());
    refuseMounts(container.get('volumeMounts').items(), known);
    refuseLimits(container.get('resources'));
    for (const name of ['readinessProbe', 'livenessProbe', 'startupProbe']) refuseHandlers(container.get(name));
    for (const name of ['livenessProbe', 'startupProbe']) refuseSuccesses(container.get(name));
  }
}

function refuseMounts(mounts: readonly Field[], volumes: readonly string[]): void {
  for (const mount of mounts) {
    const field = mount.get('name').required();
    const name = textIn(field);
    if (name === undefined || volumes.includes(name)) continue;
    field.complain(
      `Expected \`${field.path}\` to name a volume of the pod, got \`${name}\``,
      knownWords('Volumes', name, volumes),
    );
  }
}

function refuseLimits(resources: Field): void {
  if (!resources.present || !resources.get('limits').present) return;
  for (const [name, request] of resources.get('requests').entries()) {
    const limit = resources.get('limits').get(name);
    const [asked, most] = [request.quantity(), limit.quantity()];
    if (asked === undefined || most === undefined || asked <= most) continue;
    request.complain(
      `Expected \`${request.path}\` to be at most the limit \`${shown(limit)}\`, got \`${shown(request)}\``,
      'The API server refuses a pod whose container requests more than its limit.',
    );
  }
}

function shown({ node }: Field): string {
  return node?.kind === 'scalar' ? String(node.value) : '';
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

function refuseHandlers(probe: Field): void {
  if (probe.node?.kind !== 'map') return;
  const stated = handlers.filter((name) => probe.get(name).present);
  if (stated.length !== 1)
    probe.complain(
      `Expected \`${probe.path}\` to have one of ${handlers.join(', ')}, got ${stated.join(' and ') || 'none'}`,
    );
  for (const name of stated.filter((one) => one === 'httpGet' || one === 'tcpSocket'))
    refusePort(probe.get(name).get('port').required());
}

/** One success is all that liveness and start-up may ask for (validateLivenessProbe). */
function refuseSuccesses(probe: Field): void {
  const threshold = probe.node?.kind === 'map' ? probe.get('successThreshold') : undefined;
  const value = threshold?.node?.kind === 'scalar' ? threshold.node.value : undefined;
  if (typeof value === 'number' && value > 1)
    threshold!.complain(
      `Expected \`${threshold!.path}\` to be 1, else the API server refuses the pod, got \`${value}\``,
    );
}
