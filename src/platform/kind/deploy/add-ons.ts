/** What a cluster needs so that autoscalers see anything: metrics-server for CPU and memory, Prometheus with an adapter for business metrics. Apart because users may bring their own, which then wins. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../base/host.ts';

type Plain = Readonly<Record<string, unknown>>;

/** An add-on: a folder below clusters/add-ons. */
export type AddOn = 'metrics-server' | 'business-metrics';

/** The APIs of metrics, by what serves them. */
const apiOf: Readonly<Record<AddOn, RegExp>> = {
  'metrics-server': /\.metrics\.k8s\.io$/,
  'business-metrics': /\.(?:custom|external)\.metrics\.k8s\.io$/,
};

/** Those that the autoscalers among the objects need and that no APIService among them provides. */
export function neededAddOns(objects: readonly Plain[]): readonly AddOn[] {
  const types = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler').flatMap(metricTypes);
  const served = objects.filter(({ kind }) => kind === 'APIService').map(nameOf);
  const isResource = (type: string) => type === 'Resource' || type === 'ContainerResource';
  const needed: AddOn[] = [
    ...(types.some(isResource) ? (['metrics-server'] as const) : []),
    ...(types.some((type) => !isResource(type)) ? (['business-metrics'] as const) : []),
  ];
  return needed.filter((addOn) => !served.some((name) => serves(addOn, name)));
}

function serves(addOn: AddOn, apiService: string): boolean {
  const business = apiOf['business-metrics'].test(apiService);
  return addOn === 'business-metrics' ? business : apiOf[addOn].test(apiService) && !business;
}

/** Without any metric an autoscaler looks at CPU, as API servers fill in. */
function metricTypes({ spec }: Plain): readonly string[] {
  const metrics = (spec as { metrics?: readonly { type?: string }[] } | undefined)?.metrics ?? [];
  return metrics.length === 0 ? ['Resource'] : metrics.flatMap(({ type }) => type ?? []);
}

function nameOf({ metadata }: Plain): string {
  return (metadata as { name?: string } | undefined)?.name ?? '';
}

/** The objects of an add-on, in the order of its files. */
export async function readAddOn(addOn: AddOn): Promise<readonly Plain[]> {
  const { parseAllDocuments } = await import('yaml');
  const folder = join(projectRoot(), 'clusters', 'add-ons', addOn);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Plain));
}
