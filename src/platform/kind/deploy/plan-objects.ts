/** From a site's files to what its cluster is given. Pure: the same files, scale and machine give the same objects. */
import type { Topology } from '../../../domain/topology.ts';
import { type Ground, pairLabel } from '../ground.ts';
import type { ImageOf } from '../images.ts';
import type { SiteFiles } from '../world.ts';
import { companionsOf, databasesOf } from './companions.ts';
import { containersOf, type Draft, templateOf } from './draft.ts';
import { type Fit, fitObjects } from './fit-objects.ts';
import { mapHostnames } from './host-names.ts';
import { missingNamespaces, placeInNamespaces } from './place-objects.ts';
import { scaleObjects } from './scale-objects.ts';
import { tellPods } from './tell-pods.ts';

/** What else decides about the objects. */
export interface Surroundings {
  readonly ground: Ground;
  readonly topology: Topology;
  readonly scale: number;
  readonly fit: Fit;
  readonly imageOf: ImageOf;
  /** Objects of add-ons that the files call for; they are given as they are. */
  readonly addOns: readonly Readonly<Record<string, unknown>>[];
}

/** Objects that are files of tools on the desk and that no API server knows. */
const toolKinds = /^(?:kustomize\.config\.k8s\.io|kind\.x-k8s\.io)\//;

/** The objects of one site, in no order. */
export function planObjects(files: SiteFiles, around: Surroundings): readonly Draft[] {
  const site = around.topology.sites.find(({ name }) => name === files.site)!;
  const drafts = copies(files.objects).filter(({ apiVersion }) => !toolKinds.test(apiVersion));
  placeInNamespaces(drafts);
  scaleObjects(drafts, around.scale, around.fit.cpuRatio);
  fitObjects(drafts, around.fit);
  tellPods(drafts, files.site);
  mapHostnames(drafts, around.ground);
  const ends = around.topology.replication.flatMap(({ from, to }) => [from, to]);
  const companions = companionsOf(drafts, site, databasesOf(site, ends));
  const all = [...drafts, ...companions, ...copies(around.addOns)];
  const whole = [...missingNamespaces(all), ...all];
  for (const draft of whole) claim(draft, around);
  return whole;
}

function copies(objects: readonly Readonly<Record<string, unknown>>[]): Draft[] {
  return objects.map((object) => {
    const draft = structuredClone(object) as unknown as Draft;
    draft.metadata ??= {};
    return draft;
  });
}

/** Our label on the object and its pods, and the images to use. */
function claim(draft: Draft, { ground, imageOf }: Surroundings): void {
  const label = { [pairLabel]: ground.id };
  draft.metadata.labels = { ...draft.metadata.labels, ...label };
  const template = templateOf(draft);
  if (template === undefined) return;
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...label } };
  for (const container of containersOf(template))
    if (container.image !== undefined) container.image = imageOf(container.image);
}

/** Images of all containers, each once, in order. */
export function imagesOf(drafts: readonly Draft[]): readonly string[] {
  const containers = drafts.flatMap((draft) => containersOf(templateOf(draft)));
  return [...new Set(containers.flatMap(({ image }) => image ?? []))];
}
