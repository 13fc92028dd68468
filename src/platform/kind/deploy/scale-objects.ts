/** `--scale` on the files themselves: what src/compose/scale.ts does to a topology, for a real cluster. Apart because both must do the same. */
import { parseQuantity } from '../../../base/quantity.ts';
import { type Draft, notesOf, templateOf, writeNotes } from './draft.ts';

/** Defaults of docs/topology.md that a scale changes. */
const concurrencyDefault = 10;
const queuePerConcurrency = 10;
const cpuMsDefault = 1;

/** Capacity per pod and targets of business metrics times `scale`; what a request burns divided by it and multiplied with `burnRatio`. */
export function scaleObjects(drafts: readonly Draft[], scale: number, burnRatio: number): void {
  for (const draft of drafts) {
    scaleWorkload(draft, scale, burnRatio);
    if (scale === 1) continue;
    if (draft.kind === 'Service') scaleRateLimit(draft, scale);
    if (draft.kind === 'HorizontalPodAutoscaler') scaleTargets(draft, scale);
  }
}

/** Only pods that say how they work obey. The template gets all notes of its workload; its own win. */
function scaleWorkload(draft: Draft, scale: number, burnRatio: number): void {
  const template = templateOf(draft);
  if (template === undefined) return;
  const notes = { ...notesOf(draft.metadata), ...notesOf(template.metadata) };
  if (Object.keys(notes).length === 0) return;
  template.metadata ??= {};
  const concurrency = Number(notes.concurrency ?? concurrencyDefault);
  const queue = Number(notes.queue ?? queuePerConcurrency * concurrency);
  writeNotes(template.metadata, {
    ...notes,
    concurrency: String(round(concurrency * scale)),
    queue: String(round(queue * scale)),
    'cpu-ms': String(round((Number(notes['cpu-ms'] ?? cpuMsDefault) / scale) * burnRatio)),
  });
}

function scaleRateLimit(draft: Draft, scale: number): void {
  const limit = notesOf(draft.metadata)['rate-limit'];
  if (limit === undefined) return;
  const scaled = limit.split(',').map((word) => {
    const [channel = '', rps = ''] = word.split('=').map((part) => part.trim());
    return `${channel}=${round(Number(rps) * scale)}`;
  });
  writeNotes(draft.metadata, { 'rate-limit': scaled.join(',') });
}

/** Averages per pod of everything but CPU and memory. */
function scaleTargets(draft: Draft, scale: number): void {
  for (const metric of draft.spec?.metrics ?? []) {
    if (metric.type === 'Resource' || metric.type === 'ContainerResource') continue;
    const body = metric[bodyOf(metric.type ?? '')] as { target?: { averageValue?: string | number } } | undefined;
    const value = parseQuantity(body?.target?.averageValue ?? Number.NaN);
    if (value !== undefined) body!.target!.averageValue = `${Math.max(1, Math.round(value * scale * 1000))}m`;
  }
}

function bodyOf(type: string): string {
  return `${type[0]?.toLowerCase() ?? ''}${type.slice(1)}`;
}

/** Six digits: what is written is read by people, too. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
