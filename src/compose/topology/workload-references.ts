/** What a workload refers to by name: Services that it calls, its database, nodes that may hold it. Apart because these are checked when everything else is read. */
import { didYouMean, knownWords } from '../../base/errors.ts';
import type { NodeSpec, Service, Workload } from '../../domain/topology.ts';
import type { Field } from './field.ts';
import { formatSelector, selects } from './selector.ts';

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

/** Pods that no node may hold would wait for ever. */
export function checkNodeSelector(object: Field, workload: Workload, nodes: readonly NodeSpec[]): void {
  const labels = workload.template.nodeSelector;
  if (nodes.some((node) => selects({ labels, expressions: [] }, node.labels))) return;
  const texts = (all: Readonly<Record<string, string>>) => Object.entries(all).map(([key, value]) => `${key}=${value}`);
  const known = nodes.flatMap((node) => texts(node.labels));
  const missing = texts(labels).find((label) => !known.includes(label)) ?? formatSelector({ labels, expressions: [] });
  const field = object.get('spec').get('template').get('spec').get('nodeSelector');
  field.complain(
    `Expected the nodeSelector ${texts(labels).join(',')} of ${workload.name} to match a node, it matches none`,
    didYouMean(missing, known) ??
      `Give a node the label ${missing} in the kind config, or take the selector away with --set.`,
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
