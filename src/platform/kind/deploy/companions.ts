/** Services of ours beside those of the files: ways in from outside for entries and databases, and lists of pods for callers that choose by themselves. Apart because they change nothing that the files say. */
import type { Site } from '../../../domain/topology.ts';
import { type Draft, notesOf, templateOf } from './draft.ts';

/** Name of the Service by which something is reached at the nodes' own addresses. */
export function outsideName(name: string): string {
  return `${name}-outside`;
}

/** Types of a Service that have a port on every node. */
export const nodePortTypes: readonly string[] = ['NodePort', 'LoadBalancer'];

/** Ways in, and lists of pods. `databases`: names of the workloads that keep data. */
export function companionsOf(drafts: readonly Draft[], site: Site, databases: ReadonlySet<string>): Draft[] {
  const services = drafts.filter(({ kind }) => kind === 'Service');
  const entries = site.services.filter(({ serves }) => serves !== undefined);
  const inward = services.filter(
    ({ metadata, spec }) =>
      entries.some(({ name, namespace }) => name === metadata.name && namespace === metadata.namespace) &&
      !nodePortTypes.includes(spec?.type ?? ''),
  );
  const stores = site.workloads.filter(({ name }) => databases.has(name));
  return [
    ...inward.map(entryOutside),
    ...stores.flatMap((store) => {
      const draft = drafts.find(({ kind, metadata }) => kind === store.kind && isNamed(metadata, store));
      return draft === undefined ? [] : databaseOutside(draft);
    }),
    ...services.filter(needsPods).map(podList),
  ];
}

/** A workload whose name was taken is called by its namespace, too: the first word is the object's name. */
function isNamed(metadata: Draft['metadata'], { name, namespace }: { name: string; namespace: string }): boolean {
  return metadata.namespace === namespace && (metadata.name === name || name.startsWith(`${metadata.name}.`));
}

function entryOutside(service: Draft): Draft {
  const ports = service.spec?.ports?.map(({ name, port, targetPort, protocol }) => ({
    ...(name !== undefined && { name }),
    port,
    ...(targetPort !== undefined && { targetPort }),
    ...(protocol !== undefined && { protocol }),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: outsideName(service.metadata.name ?? ''), ...placeOf(service) },
    spec: { type: 'NodePort', ...selectorOf(service), ...(ports !== undefined && { ports }) },
  };
}

/** A database is reached while it is not ready, too: whoever looks at it from outside wants to see its own refusal. */
function databaseOutside(workload: Draft): Draft[] {
  const template = templateOf(workload);
  const ports = template?.spec?.containers?.flatMap(({ ports: each }) => each ?? []) ?? [];
  const selector = template?.metadata?.labels;
  if (ports.length === 0 || selector === undefined) return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: outsideName(workload.metadata.name ?? ''), ...placeOf(workload) },
      spec: {
        type: 'NodePort',
        publishNotReadyAddresses: true,
        selector: { ...selector },
        ports: ports.map(({ containerPort }) => ({ name: `port-${containerPort}`, port: containerPort })),
      },
    },
  ];
}

/** Callers that choose a pod by themselves, and pods that share a limit, must know who is there. */
function needsPods(service: Draft): boolean {
  const notes = notesOf(service.metadata);
  return (
    ['least-requests', 'weighted-response-time'].includes(notes.balance ?? '') || notes['rate-limit'] !== undefined
  );
}

function podList(service: Draft): Draft {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${service.metadata.name}-pods`, ...placeOf(service) },
    spec: { clusterIP: 'None', ...selectorOf(service) },
  };
}

function placeOf({ metadata }: Draft): { namespace?: string } {
  return metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
}

function selectorOf({ spec }: Draft): { selector?: Record<string, unknown> } {
  return spec?.selector === undefined ? {} : { selector: { ...spec.selector } };
}

/** Names of a site's workloads that keep data: those that others name as their database, and the ends of replications. */
export function databasesOf(site: Site, ends: readonly string[]): ReadonlySet<string> {
  const named = site.workloads.flatMap(({ behaviour }) => behaviour.database ?? []);
  const replicated = ends.flatMap((end) => (end.startsWith(`${site.name}/`) ? end.slice(site.name.length + 1) : []));
  return new Set([...named, ...replicated]);
}
