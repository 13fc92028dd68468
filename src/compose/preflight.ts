/** Checks a scenario against the topology and the platform that it is to run on, before anything is touched. All problems at once. */
import { createProblemList, InputError, knownWords, type ProblemList } from '../base/errors.ts';
import type { Target, Verb } from '../domain/action.ts';
import type { Condition } from '../domain/condition.ts';
import type { Subject } from '../domain/fact.ts';
import { type Fault, verbsOf } from '../domain/fault.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { StoryDefinition, StoryState } from '../domain/story.ts';
import type { Site, Topology } from '../domain/topology.ts';

/** What is to be run where. */
export interface PreflightInput {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly platform: { readonly name: string; readonly verbs: ReadonlySet<Verb> };
  readonly duds: readonly string[];
}

/** Throws an InputError that lists every fault, target, condition and dud that cannot work here. */
export function preflight({ scenario, topology, platform, duds }: PreflightInput): void {
  const problems = createProblemList();
  const file = `scenario ${scenario.name}`;
  const names = Object.keys(scenario.faults);
  for (const dud of duds)
    if (!names.includes(dud))
      problems.add({ message: `No fault \`${dud}\` to make a dud of`, hint: knownWords('Faults', dud, names) });
  for (const [name, fault] of Object.entries(scenario.faults))
    checkFault(name, fault, topology, platform, file, problems);
  for (const { state, condition } of conditionsOf(scenario.story))
    checkSubject(`state \`${state}\` waits for \`${condition.fact}\``, condition.subject, topology, file, problems);
  checkServices(scenario, topology, file, problems);
  problems.throwIfAny();
}

/** The business service that the load asks for: the scenario's, or the topology's only one. */
export function serviceOf(scenario: Scenario, topology: Topology): string {
  const served = servicesOf(topology);
  const { service } = scenario.load;
  if (service === undefined && served.length === 1) return served[0]!;
  if (service !== undefined && served.includes(service)) return service;
  if (served.length === 0)
    throw new InputError({
      message: `Expected topology ${topology.name} to have a Service that customers reach, found none`,
      hint: 'Load comes in through a Service before a Deployment, StatefulSet or DaemonSet. Add one to the manifests.',
    });
  throw new InputError({
    message: `Expected the load to name one business service of topology ${topology.name}, got ${service === undefined ? 'none' : `\`${service}\``}`,
    hint: knownWords('Services', service ?? '', served),
  });
}

const servicesOf = (topology: Topology): readonly string[] => [
  ...new Set(topology.sites.flatMap((site) => site.services.flatMap((service) => service.serves ?? []))),
];

/** What probers measure on every platform. */
const probed = ['api.write', 'api.read'];
/** What objectives may depend on that is no service. */
const unmeasured = ['data', 'workloads', 'autoscaling'];

function checkServices(scenario: Scenario, topology: Topology, file: string, problems: ProblemList): void {
  const known = [...servicesOf(topology), ...probed];
  const asked = [...scenario.objectives.flatMap((o) => o.needs.slis), ...scenario.stopWhen.map((stop) => stop.service)];
  for (const service of new Set(asked))
    if (!known.includes(service) && !unmeasured.includes(service))
      problems.add({
        file,
        message: `No service \`${service}\` is measured on topology ${topology.name}`,
        hint: knownWords('Services', service, known),
      });
}

function checkFault(
  name: string,
  fault: Fault,
  topology: Topology,
  platform: PreflightInput['platform'],
  file: string,
  problems: ProblemList,
): void {
  for (const verb of verbsOf(fault))
    if (!platform.verbs.has(verb))
      problems.add({
        file,
        message: `Fault \`${name}\` needs \`${verb}\`, which platform ${platform.name} cannot do`,
        hint: 'Choose another platform or fault.',
      });
  for (const { target } of fault.actions) checkTarget(`fault \`${name}\``, target, topology, file, problems);
  for (const condition of fault.undo.until)
    checkSubject(
      `the undo of \`${name}\` waits for \`${condition.fact}\``,
      condition.subject,
      topology,
      file,
      problems,
    );
}

function checkTarget(who: string, target: Target, topology: Topology, file: string, problems: ProblemList): void {
  if (target.on === 'link') {
    for (const site of [target.from, target.to]) checkSubject(who, { site }, topology, file, problems);
    return;
  }
  if (target.on === 'replication') checkSubject(who, { replication: target.name }, topology, file, problems);
  if (target.on === 'replication' || target.on === 'global-load-balancer') return;
  const workload = 'workload' in target ? target.workload : 'hosting' in target ? target.hosting : undefined;
  const node =
    'member' in target && typeof target.member === 'object' && 'name' in target.member && target.on !== 'pod'
      ? target.member.name
      : undefined;
  const sites = target.site === 'all' ? topology.sites.map((site) => site.name) : [target.site];
  for (const site of sites)
    checkSubject(
      who,
      { site, ...(workload !== undefined && { workload }), ...(node !== undefined && { node }) },
      topology,
      file,
      problems,
    );
}

/** Reports the first name of the subject that the topology has not got. */
function checkSubject(who: string, subject: Subject, topology: Topology, file: string, problems: ProblemList): void {
  const unknown = (kind: string, name: string, known: readonly string[]) =>
    problems.add({
      file,
      message: `${who}: topology ${topology.name} has no ${kind} \`${name}\``,
      hint: knownWords(`${kind[0]!.toUpperCase()}${kind.slice(1)}s`, name, known),
    });
  const siteNames = topology.sites.map((site) => site.name);
  if (subject.site !== undefined && !siteNames.includes(subject.site)) unknown('site', subject.site, siteNames);
  const replications = topology.replication.map((replication) => replication.name);
  if (subject.replication !== undefined && !replications.includes(subject.replication))
    unknown('replication', subject.replication, replications);
  const site = topology.sites.find((candidate) => candidate.name === subject.site);
  if (site !== undefined) checkInSite(subject, site, unknown);
}

function checkInSite(
  subject: Subject,
  site: Site,
  unknown: (kind: string, name: string, known: readonly string[]) => void,
): void {
  const lists = {
    workload: site.workloads.map((workload) => workload.name),
    node: site.nodes.map((node) => node.name),
    service: site.services.map((service) => service.name),
  };
  for (const kind of ['workload', 'node', 'service'] as const) {
    const name = subject[kind];
    if (name !== undefined && !lists[kind].includes(name)) unknown(kind, name, lists[kind]);
  }
}

/** Every condition of a story with the state that waits for it, nested and parallel states included. */
function conditionsOf(story: StoryDefinition): readonly { readonly state: string; readonly condition: Condition }[] {
  return Object.entries(story.states).flatMap(([state, definition]) => [
    ...(definition.when ?? []).flatMap((way) => way.conditions.map((condition) => ({ state, condition }))),
    ...nested(definition).flatMap(conditionsOf),
  ]);
}

function nested(state: StoryState): readonly StoryDefinition[] {
  const regions = Object.values(state.regions ?? {});
  return state.states === undefined || state.initial === undefined
    ? regions
    : [...regions, { initial: state.initial, states: state.states }];
}
