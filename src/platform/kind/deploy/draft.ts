/** A Kubernetes object that is being changed on its way to a cluster: plain data of which only the parts that we touch have types. */

/** An object; a copy of its own, so steps change it in place. */
export interface Draft {
  apiVersion: string;
  kind: string;
  metadata: DraftMetadata;
  spec?: DraftSpec;
  [other: string]: unknown;
}

/** Names and notes of an object or a pod template. */
export interface DraftMetadata {
  name?: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  [other: string]: unknown;
}

/** What the kinds that we touch have in common. */
export interface DraftSpec {
  replicas?: number;
  type?: string;
  selector?: Record<string, unknown>;
  ports?: DraftServicePort[];
  template?: DraftTemplate;
  jobTemplate?: { spec?: { template?: DraftTemplate } };
  metrics?: DraftMetric[];
  [other: string]: unknown;
}

/** A port of a Service. */
export interface DraftServicePort {
  name?: string;
  port: number;
  targetPort?: string | number;
  [other: string]: unknown;
}

/** A metric of an autoscaler, by type. */
export type DraftMetric = { type?: string } & Record<string, unknown>;

/** What a pod is made from. */
export interface DraftTemplate {
  metadata?: DraftMetadata;
  spec?: DraftPodSpec;
}

/** A pod. */
export interface DraftPodSpec {
  containers?: DraftContainer[];
  initContainers?: DraftContainer[];
  nodeSelector?: Record<string, string>;
  affinity?: unknown;
  [other: string]: unknown;
}

/** A container. */
export interface DraftContainer {
  name?: string;
  image?: string;
  ports?: { name?: string; containerPort: number; [other: string]: unknown }[];
  resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> };
  [other: string]: unknown;
}

/** Prefix of the annotations that say what a manifest cannot. */
export const notePrefix = 'elevenproof.dev/';

/** The pod template of a workload of any kind, made if it is missing; undefined for what makes no pods. A Pod is its own template. */
export function templateOf(draft: Draft): DraftTemplate | undefined {
  if (draft.kind === 'Pod') return draft as unknown as DraftTemplate;
  if (draft.kind === 'CronJob') return draft.spec?.jobTemplate?.spec?.template;
  return podMakers.includes(draft.kind) ? draft.spec?.template : undefined;
}

const podMakers: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'];

/** Kinds whose readiness is waited for. */
export const workloadKinds: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** Every container of a template, those of its start too. */
export function containersOf(template: DraftTemplate | undefined): readonly DraftContainer[] {
  return [...(template?.spec?.initContainers ?? []), ...(template?.spec?.containers ?? [])];
}

/** Our annotations on an object, without the prefix. */
export function notesOf(metadata: DraftMetadata | undefined): Readonly<Record<string, string>> {
  const notes = Object.entries(metadata?.annotations ?? {}).filter(([key]) => key.startsWith(notePrefix));
  return Object.fromEntries(notes.map(([key, value]) => [key.slice(notePrefix.length), String(value)]));
}

/** Sets our annotations on an object. */
export function writeNotes(metadata: DraftMetadata, notes: Readonly<Record<string, string>>): void {
  const prefixed = Object.entries(notes).map(([name, value]) => [`${notePrefix}${name}`, value] as const);
  metadata.annotations = { ...metadata.annotations, ...Object.fromEntries(prefixed) };
}
