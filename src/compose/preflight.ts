/** Checks a scenario against the topology and the platform that it is to run on, before anything is touched. All problems at once. */
import { createProblemList, InputError, knownWords, type Problem, type ProblemList } from '../base/errors.ts';
import type { Target, Verb } from '../domain/action.ts';
import type { Subject } from '../domain/fact.ts';
import { type Fault, verbsOf } from '../domain/fault.ts';
import type { Objective } from '../domain/objective.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { Site, Topology } from '../domain/topology.ts';
import { createMissingNames, type MissingNames } from './missing-names.ts';
import { atWord, filesOfScenario } from './problem-place.ts';
import { conditionsOf, probedSlis, unmeasured } from './scenario-names.ts';

/** What is to be run where. */
export interface PreflightInput {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly platform: { readonly name: string; readonly verbs: ReadonlySet<Verb> };
  readonly duds: readonly string[];
  /** The scenario's file; absent: it did not come from one. */
  readonly path?: string | undefined;
}

/** Throws an InputError that lists every fault, target, condition and dud that cannot work here. */
export function preflight({ scenario, topology, platform, duds, path }: PreflightInput): void {
  const problems = createProblemList();
  const names = Object.keys(scenario.faults);
  for (const dud of duds)
    if (!names.includes(dud))
      problems.add({ message: `No fault \`${dud}\` to make a dud of`, hint: knownWords('Faults', dud, names) });
  const missing = createMissingNames();
  const own = createProblemList();
  for (const [name, fault] of Object.entries(scenario.faults))
    checkFault(name, fault, topology, platform, own, missing);
  for (const { state, condition } of conditionsOf(scenario.story))
    checkSubject(`state \`${state}\` waits for \`${condition.fact}\``, condition.subject, topology, missing);
  for (const { service, site } of scenario.stopWhen)
    if (site !== undefined) checkSubject(`the stop condition on \`${service}\``, { site }, topology, missing);
  for (const objective of scenario.objectives) checkNamed(objective, scenario, topology, missing);
  missing.report(topology, own);
  checkServices(scenario, topology, own);
  const nowhere = { file: path ?? `scenario ${scenario.name}` };
  const files = own.problems.length === 0 || path === undefined ? [] : filesOfScenario(path);
  for (const problem of own.problems) problems.add(atWord(problem, files, nowhere));
  problems.throwIfAny();
}

/** The business service that the load asks for: the scenario's, or the topology's only one. */
export function serviceOf(scenario: Scenario, topology: Topology): string {
  const problem = loadProblem(scenario, topology);
  if (problem !== undefined) throw new InputError(problem);
  return scenario.load.service ?? servicesOf(topology)[0]!;
}

function loadProblem({ load: { service } }: Scenario, topology: Topology): Problem | undefined {
  const served = servicesOf(topology);
  if (served.length === 0) return nothingServed(topology);
  if (service === undefined ? served.length === 1 : served.includes(service)) return undefined;
  return {
    message: `Expected the load to name one business service of topology ${topology.name}, got ${service === undefined ? 'none' : `\`${service}\``}`,
    hint: knownWords('Services', service ?? '', served),
  };
}

const nothingServed = (topology: Topology) => ({
  message: `Expected topology ${topology.name} to have a Service that customers reach, found none`,
  hint: 'Load comes in through a Service before a Deployment, StatefulSet or DaemonSet. Add one to the manifests.',
});

const servicesOf = (topology: Topology): readonly string[] => [
  ...new Set(topology.sites.flatMap((site) => site.services.flatMap((service) => service.serves ?? []))),
];

function checkServices(scenario: Scenario, topology: Topology, problems: ProblemList): void {
  const wrong = loadProblem(scenario, topology);
  if (wrong !== undefined) problems.add(wrong);
  if (servicesOf(topology).length === 0) return;
  const known = [...servicesOf(topology), ...probedSlis];
  const asked = [...scenario.objectives.flatMap((o) => o.needs.slis), ...scenario.stopWhen.map((stop) => stop.service)];
  for (const service of new Set(asked))
    if (!known.includes(service) && !unmeasured.includes(service))
      problems.add({
        message: `No service \`${service}\` is measured on topology ${topology.name}`,
        hint: knownWords('Services', service, known),
      });
}

function checkFault(
  name: string,
  fault: Fault,
  topology: Topology,
  platform: PreflightInput['platform'],
  problems: ProblemList,
  missing: MissingNames,
): void {
  for (const verb of verbsOf(fault))
    if (!platform.verbs.has(verb))
      problems.add({
        message: `Fault \`${name}\` needs \`${verb}\`, which platform ${platform.name} cannot do`,
        hint: 'Choose another platform or fault.',
      });
  for (const { target } of fault.actions) checkTarget(`fault \`${name}\``, target, topology, missing);
  for (const condition of fault.undo.until)
    checkSubject(`the undo of \`${name}\` waits for \`${condition.fact}\``, condition.subject, topology, missing);
}

/** Names that an objective goes by. A workload without a site must be in one of them; probers have a channel of their own. */
function checkNamed({ name, needs }: Objective, scenario: Scenario, topology: Topology, missing: MissingNames): void {
  const who = `objective \`${name}\``;
  const workloads = [...new Set(topology.sites.flatMap((site) => site.workloads.map((workload) => workload.name)))];
  const channels = [...Object.keys(scenario.load.channels), 'prober'];
  for (const { channel, ...subject } of needs.about ?? []) {
    checkSubject(who, subject, topology, missing);
    if (subject.site === undefined && subject.workload !== undefined && !workloads.includes(subject.workload))
      missing.add(who, { kind: 'workload', name: subject.workload, known: workloads });
    if (channel !== undefined && !channels.includes(channel))
      missing.add(who, { kind: 'channel', name: channel, known: channels });
  }
}

function checkTarget(who: string, target: Target, topology: Topology, missing: MissingNames): void {
  if (target.on === 'link') {
    for (const site of [target.from, target.to]) checkSubject(who, { site }, topology, missing);
    return;
  }
  if (target.on === 'replication') checkSubject(who, { replication: target.name }, topology, missing);
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
      missing,
    );
}

/** Notes the first name of the subject that the topology has not got. */
function checkSubject(who: string, subject: Subject, topology: Topology, missing: MissingNames): void {
  const unknown: Unknown = (kind, name, known) => missing.add(who, { kind, name, known });
  const siteNames = topology.sites.map((site) => site.name);
  if (subject.site !== undefined && !siteNames.includes(subject.site)) unknown('site', subject.site, siteNames);
  const replications = topology.replication.map((replication) => replication.name);
  if (subject.replication !== undefined && !replications.includes(subject.replication))
    unknown('replication', subject.replication, replications);
  const site = topology.sites.find((candidate) => candidate.name === subject.site);
  if (site !== undefined) checkInSite(subject, site, unknown);
}

type Unknown = (kind: string, name: string, known: readonly string[]) => void;

function checkInSite(subject: Subject, site: Site, unknown: Unknown): void {
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
