/** What a workload refers to by name: Services that it calls, its database. Apart because these are checked when everything else is read. */
import { knownWords } from '../../base/errors.ts';
import type { Service, Workload } from '../../domain/topology.ts';
import type { Field } from './field.ts';

/** `calls` must name Services with pods behind them, `database` a workload; no call may lead back to its caller. */
export function checkBehaviour(
  object: Field,
  workload: Workload,
  services: readonly Service[],
  workloads: readonly Workload[],
): void {
  const names = services.map((service) => service.name);
  const annotation = (name: string) => {
    const places = [object.get('spec').get('template').get('metadata'), object.get('metadata')];
    return (
      places
        .map((metadata) => metadata.get('annotations').get(`elevenproof.dev/${name}`))
        .find((field) => field.present) ?? object
    );
  };
  for (const call of workload.behaviour.calls) {
    if (!names.includes(call))
      annotation('calls').complain(
        `Expected \`calls\` of ${workload.name} to name a Service, got \`${call}\``,
        knownWords('Services', call, names),
      );
    else if (reaches(call, workload.name, services, workloads, new Set()))
      annotation('calls').complain(`Expected no circle of calls, but ${call} calls ${workload.name} again`);
  }
  const { database } = workload.behaviour;
  const known = workloads.map((one) => one.name);
  if (database !== undefined && !known.includes(database))
    annotation('database').complain(
      `Expected \`database\` of ${workload.name} to name a workload, got \`${database}\``,
      knownWords('Workloads', database, known),
    );
}

function reaches(
  service: string,
  target: string,
  services: readonly Service[],
  workloads: readonly Workload[],
  seen: Set<string>,
): boolean {
  if (seen.has(service)) return false;
  seen.add(service);
  const behind = services.find((one) => one.name === service)?.workloads ?? [];
  if (behind.includes(target)) return true;
  const calls = workloads
    .filter((workload) => behind.includes(workload.name))
    .flatMap((workload) => workload.behaviour.calls);
  return calls.some((call) => reaches(call, target, services, workloads, seen));
}
