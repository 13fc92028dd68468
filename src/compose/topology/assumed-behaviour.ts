/** Names the workloads whose speed nobody stated. Apart because silence here would make a verdict look measured that rests on our guess. */
import type { Service, Workload } from '../../domain/topology.ts';
import type { Field } from './field.ts';

/** One sentence on the workloads behind a Service that do not say how long a request takes them; undefined when all do. Databases are asked for commits only and need not. */
export function assumedBehaviour(
  site: string,
  read: readonly { readonly object: Field; readonly workload: Workload }[],
  services: readonly Service[],
): string | undefined {
  const asked = new Set(services.flatMap((service) => service.workloads));
  const databases = new Set(read.map(({ workload }) => workload.behaviour.database));
  const guessed = read.filter(
    ({ object, workload }) => asked.has(workload.name) && !databases.has(workload.name) && !saysTime(object),
  );
  if (guessed.length === 0) return undefined;
  const names = guessed.map(({ workload }) => workload.name).join(', ');
  return `${site}: 20 ms per request at the median in ${names} (say elevenproof.dev/service-time-ms, concurrency, startup-ms, cpu-ms)`;
}

function saysTime(object: Field): boolean {
  const places = [object.get('metadata'), object.get('spec').get('template').get('metadata')];
  return places.some((place) => place.get('annotations').get('elevenproof.dev/service-time-ms').present);
}
