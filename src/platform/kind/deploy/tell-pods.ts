/** What a pod cannot know by itself and is told on its template: its site, its own Service, how to call others. Apart because it joins objects that know nothing of each other. */
import { type Draft, type DraftTemplate, notePrefix, notesOf, templateOf, writeNotes } from './draft.ts';

/** Writes notes on every template that has notes already. */
export function tellPods(drafts: readonly Draft[], site: string): void {
  for (const draft of drafts) {
    const template = templateOf(draft);
    const notes = notesOf(template?.metadata);
    if (template?.metadata === undefined || Object.keys(notes).length === 0) continue;
    const near = drafts.filter(
      (other) => other.kind === 'Service' && other.metadata.namespace === draft.metadata.namespace,
    );
    const own = near.find((service) => selectsTemplate(service, template));
    const called = (notes.calls ?? '').split(',').map((word) => word.trim());
    const told = near.filter((service) => service === own || called.includes(service.metadata.name ?? ''));
    const policies = told.map((service) => [service.metadata.name, policyOf(service, drafts)] as const);
    writeNotes(template.metadata, {
      site,
      ...(own?.metadata.name !== undefined && { service: own.metadata.name }),
      ...(policies.length > 0 && { policies: JSON.stringify(Object.fromEntries(policies)) }),
    });
  }
}

/** A Service's notes as texts, its port, and the port of its pods. */
function policyOf(service: Draft, drafts: readonly Draft[]): Readonly<Record<string, string>> {
  const [port] = service.spec?.ports ?? [];
  return {
    ...notesOf(service.metadata),
    ...(port !== undefined && { port: String(port.port), 'pod-port': String(podPort(service, drafts)) }),
  };
}

/** A target port by name is looked up in the pods that the Service selects. */
function podPort(service: Draft, drafts: readonly Draft[]): number {
  const [port] = service.spec?.ports ?? [];
  const target = port?.targetPort ?? port?.port ?? 80;
  if (typeof target === 'number') return target;
  const containers = drafts
    .map(templateOf)
    .filter((template) => template !== undefined && selectsTemplate(service, template))
    .flatMap((template) => template?.spec?.containers ?? []);
  const named = containers.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === target);
  return named?.containerPort ?? port?.port ?? 80;
}

/** Whether a Service's selector, if it has one, matches a template's labels. */
export function selectsTemplate(service: Draft, template: DraftTemplate): boolean {
  const wanted = Object.entries(service.spec?.selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => template.metadata?.labels?.[key] === value);
}

/** Removes from a template every note that is not in `kept`: what somebody else wrote there since. Gives the keys to remove. */
export function strangeNotes(kept: Draft, found: Draft): readonly string[] {
  const wanted = templateOf(kept)?.metadata?.annotations ?? {};
  const there = Object.keys(templateOf(found)?.metadata?.annotations ?? {});
  return there.filter((key) => key.startsWith(notePrefix) && !Object.hasOwn(wanted, key));
}
