/** One site from its kind config and its objects, with every reference between them checked. Apart because references can only be checked when all objects are read. */
import { knownWords, type ProblemList } from '../../base/errors.ts';
import type { DisruptionBudget, LabelSelector, Service, Site, Workload } from '../../domain/topology.ts';
import { readAnnotations, readCallPolicy, serviceAnnotations } from './annotations.ts';
import { refuseLabels } from './api-names.ts';
import { assumedBehaviour } from './assumed-behaviour.ts';
import { type EntryCandidates, entryCandidates } from './entry.ts';
import { createField, type Field } from './field.ts';
import { type Findings, readKindConfig } from './kind-config.ts';
import { withNamespaces } from './namespace.ts';
import { ownerOf, type SiteObjects, sortObjects } from './objects.ts';
import { refuseAbove100 } from './percentage.ts';
import { checkPlacement } from './placement.ts';
import { refuseServicePorts } from './ports.ts';
import { readAutoscalers } from './scale-target.ts';
import { formatSelector, readOptionalSelector, selects } from './selector.ts';
import type { SiteSource } from './sources.ts';
import type { SiteHead } from './topology-file.ts';
import { nameOf, namespaceOf, readWorkload } from './workload.ts';
import { checkBehaviour } from './workload-references.ts';

/** A site, and the Services that customers might reach when no annotation says so, best first. */
export interface ReadSite {
  readonly site: Site;
  readonly entryCandidates: EntryCandidates;
}

/** Reads a site. */
export function readSite(
  source: SiteSource,
  head: SiteHead,
  nodeImage: string | undefined,
  findings: Findings,
  problems: ProblemList,
): ReadSite {
  const shape = readKindConfig(
    createField(source.kind, '', source.kind?.place ?? {}, problems),
    source.name,
    nodeImage,
    findings,
  );
  const objects = sortObjects(
    withNamespaces(source.objects, source.name, findings.assumed),
    source.name,
    problems,
    findings.notModelled,
    source.whole,
  );
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
  const read = kinds.flatMap((kind) =>
    objects.of(kind).map((object) => ({
      object,
      workload: readWorkload(object, kind, shape, findings.notModelled.of(ownerOf(object, kind, source.name))),
    })),
  );
  const workloads = uniqueNames(
    read.map((one) => one.workload),
    source.name,
    findings.assumed,
  );
  const services = objects.of('Service').flatMap((object) => readService(object, workloads, objects));
  for (const [i, { object }] of read.entries()) {
    if (objects.whole) checkBehaviour(object, workloads[i]!, services, workloads);
    checkPlacement(object, workloads[i]!, shape.nodes);
  }
  const guessed = assumedBehaviour(
    source.name,
    read.map(({ object }, i) => ({ object, workload: workloads[i]! })),
    services,
  );
  if (guessed !== undefined) findings.assumed.push(guessed);
  const autoscalers = readAutoscalers(workloads, {
    minor: shape.kubernetes.minor,
    objects,
    notModelled: findings.notModelled,
  });
  const { tolerationSeconds: _, ...cluster } = shape;
  return {
    site: {
      name: source.name,
      role: head.role,
      ...cluster,
      apiLoadBalancer: head.apiLoadBalancer ?? cluster.apiLoadBalancer,
      workloads,
      services,
      autoscalers,
      disruptionBudgets: objects.of('PodDisruptionBudget').map((object) => readBudget(object, workloads, objects)),
    },
    entryCandidates: entryCandidates(objects, services, workloads),
  };
}

/** Names must be one per site, because facts and targets say `site/workload`; a name used twice gets its namespace, then its kind. */
function uniqueNames(workloads: readonly Workload[], site: string, assumed: string[]): Workload[] {
  const taken = new Set<string>();
  return workloads.map((workload) => {
    const options = [
      workload.name,
      `${workload.name}.${workload.namespace}`,
      `${workload.name}.${workload.namespace}.${workload.kind.toLowerCase()}`,
    ];
    const name = options.find((option) => !taken.has(option)) ?? workload.name;
    taken.add(name);
    if (name !== workload.name)
      assumed.push(
        `${site}: ${workload.kind} ${workload.name} of namespace ${workload.namespace} is called ${name}, the name is taken`,
      );
    return { ...workload, name };
  });
}

function selectedBy(selector: LabelSelector, namespace: string, workloads: readonly Workload[]): Workload[] {
  return workloads.filter(
    (workload) => workload.namespace === namespace && selects(selector, workload.template.labels),
  );
}

/** Probers of the API servers, and what objectives depend on that is no service. */
const takenNames: readonly string[] = ['api.write', 'api.read', 'data', 'workloads', 'autoscaling'];

/** ExternalName Services and those without a selector are none of the models' business. */
function readService(object: Field, workloads: readonly Workload[], objects: SiteObjects): Service[] {
  const spec = object.get('spec');
  const annotations = readAnnotations([object.get('metadata')], serviceAnnotations);
  const policy = readCallPolicy(annotations);
  const labels = spec.get('selector').texts();
  spec.get('type').oneOf(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const);
  refuseServicePorts(spec.get('ports').items());
  refuseLabels(spec.get('selector'));
  if (Object.keys(labels).length === 0) {
    if (annotations.field('serves').present)
      annotations
        .field('serves')
        .complain(`Expected Service ${nameOf(object)} to have a selector, because customers reach it`);
    return [];
  }
  const selector = { labels, expressions: [] };
  const selected = selectedBy(selector, namespaceOf(object), workloads);
  if (selected.length === 0 && refusesEmpty(selector, objects))
    complainEmpty(spec.get('selector'), `Service ${nameOf(object)}`, selector, namespaceOf(object), workloads);
  const serves = annotations.text('serves');
  if (serves !== undefined && (serves.trim() === '' || takenNames.includes(serves)))
    annotations
      .field('serves')
      .complain(`Expected the name of a business service, got \`${serves}\``, `Not one of ${takenNames.join(', ')}.`);
  return [
    {
      name: nameOf(object),
      namespace: namespaceOf(object),
      selector,
      workloads: selected.map((workload) => workload.name),
      ...(serves === undefined ? {} : { serves }),
      ...(spec.get('publishNotReadyAddresses').flag() === true ? { publishesUnready: true } : {}),
      policy,
    },
  ];
}

/** A selector that matches nothing is an error, unless something else may make the pods. */
function refusesEmpty(selector: LabelSelector, objects: SiteObjects): boolean {
  return objects.whole && !objects.mayMakePods && !objects.strangePods.some((labels) => selects(selector, labels));
}

function complainEmpty(
  field: Field,
  what: string,
  selector: LabelSelector,
  namespace: string,
  workloads: readonly Workload[],
): void {
  const [wanted = '', given] = Object.entries(selector.labels)[0] ?? [];
  const values = [
    ...new Set(
      workloads
        .filter((workload) => workload.namespace === namespace)
        .flatMap((workload) => workload.template.labels[wanted] ?? []),
    ),
  ];
  const elsewhere = workloads.find((workload) => selects(selector, workload.template.labels));
  const hint =
    elsewhere === undefined
      ? knownWords(`Pods in namespace ${namespace} have ${wanted}`, given ?? '', values)
      : `${elsewhere.kind} ${elsewhere.name} matches, but lies in namespace ${elsewhere.namespace}.`;
  field.complain(
    `Expected the selector ${formatSelector(selector)} of ${what} to match a workload, it matches none`,
    hint,
  );
}

function readBudget(object: Field, workloads: readonly Workload[], objects: SiteObjects): DisruptionBudget {
  const spec = object.get('spec');
  for (const name of ['minAvailable', 'maxUnavailable']) refuseAbove100(spec.get(name));
  const minAvailable = spec.get('minAvailable').intOrRatio();
  const maxUnavailable = spec.get('maxUnavailable').intOrRatio();
  const bounds = [spec.get('minAvailable'), spec.get('maxUnavailable')].filter((field) => field.present).length;
  if (bounds > 1)
    spec.complain(
      `Expected PodDisruptionBudget ${nameOf(object)} to have one of minAvailable and maxUnavailable, got both`,
    );
  const selector = readOptionalSelector(spec.get('selector'));
  const empty = !spec.get('selector').present || formatSelector(selector) === '';
  const unhealthy = spec.get('unhealthyPodEvictionPolicy').oneOf(['IfHealthyBudget', 'AlwaysAllow'] as const);
  if (!empty && selectedBy(selector, namespaceOf(object), workloads).length === 0 && refusesEmpty(selector, objects))
    complainEmpty(
      spec.get('selector'),
      `PodDisruptionBudget ${nameOf(object)}`,
      selector,
      namespaceOf(object),
      workloads,
    );
  return {
    name: nameOf(object),
    namespace: namespaceOf(object),
    selector,
    ...(minAvailable === undefined ? {} : { minAvailable }),
    ...(maxUnavailable === undefined || minAvailable !== undefined ? {} : { maxUnavailable }),
    ...(unhealthy === 'AlwaysAllow' ? { unhealthyGo: true } : {}),
  };
}
