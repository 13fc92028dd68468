/** Reading a topology from real files: kind configs, Kubernetes manifests and topology.yaml become the plain data that every platform reads. */
import { createProblemList, type ProblemList } from '../../base/errors.ts';
import { type Located, toPlain } from '../../base/yaml.ts';
import type { Topology } from '../../domain/topology.ts';
import type { SiteFiles } from '../../platform/kind/world.ts';
import { businessServices, withEntries } from './entry.ts';
import { createField } from './field.ts';
import type { Findings } from './kind-config.ts';
import { createNotModelledList } from './not-modelled.ts';
import { findTopology } from './place.ts';
import { reachIn } from './reach.ts';
import { parseChanges, refuseUnmatched } from './sets.ts';
import { readSite } from './site.ts';
import { readSources, type SiteSource, type Sources } from './sources.ts';
import {
  checkKeys,
  readGlobalLoadBalancer,
  readLink,
  readReplication,
  readSiteHeads,
  readSteadyState,
} from './topology-file.ts';

/** How a topology is read. */
export interface ReadOptions {
  /** Changes to the files' content, as `--set` takes them, in order. */
  readonly sets?: readonly string[];
  /** Those of `sets` that belong to the scenario or its twin, for the words of complaints. */
  readonly scenarioSets?: readonly string[];
  /** Whether `manifests: { command }` may run. */
  readonly allowCommands?: boolean;
  /** Replaces the image of every node. */
  readonly nodeImage?: string;
  /** What to call the things that the files leave without a name. */
  readonly openNames?: OpenNames;
}

/** Names for what files may leave unnamed. */
export interface OpenNames {
  /** Of the one site of a folder without topology.yaml; absent: the cluster's name, else the folder's. */
  readonly site?: string;
  /** Of the business service, when no Service says `serves`; absent: the name of the Service that customers reach. */
  readonly service?: string;
}

/** A topology, and the content that it was read from with every change made to it: what a real cluster is given. */
export interface TopologyAndFiles {
  readonly topology: Topology;
  /** In the order of the topology's sites. */
  readonly files: readonly SiteFiles[];
}

/** The topology in a folder, a topology.yaml, or a shipped one by name. Throws InputError with every problem of all files at once. */
export async function readTopology(path: string, options: ReadOptions = {}): Promise<Topology> {
  return (await readTopologyAndFiles(path, options)).topology;
}

/** As {@link readTopology}, with the files' content beside it. */
export async function readTopologyAndFiles(path: string, options: ReadOptions = {}): Promise<TopologyAndFiles> {
  const problems = createProblemList();
  const changes = parseChanges(options.sets ?? [], problems);
  const { allowCommands = false, openNames = {} } = options;
  const sources = await readSources(findTopology(path), changes, { allowCommands, site: openNames.site }, problems);
  if (isWhole(sources)) refuseUnmatched(changes, sources.sites, options.scenarioSets ?? [], problems);
  if (sources.madeUp && sources.sites.length === 0) problems.throwIfAny();
  const topology = understand(sources, options, problems);
  throwProblems(problems);
  return { topology, files: sources.sites.map(filesOf) };
}

function filesOf({ name, kind, objects }: SiteSource): SiteFiles {
  const plain = (node: Located) => toPlain(node) as Readonly<Record<string, unknown>>;
  return { site: name, cluster: kind === undefined ? {} : plain(kind), objects: objects.map(plain) };
}

/** The files' content as a topology. What is wrong goes to the problems; the result is only good without any. */
function understand(sources: Sources, { nodeImage, openNames }: ReadOptions, problems: ProblemList): Topology {
  const assumed = [...sources.assumed];
  const findings: Findings = { notModelled: createNotModelledList(), assumed };
  const root = createField(sources.topology, '', sources.topologyPlace, problems);
  checkKeys(root);
  const heads = readSiteHeads(root);
  const read = sources.sites.flatMap((source) => {
    const head = heads.find((one) => one.name === source.name);
    return head === undefined || source.kind === undefined
      ? []
      : [readSite(source, head, nodeImage, findings, problems)];
  });
  const sites = withEntries(read, openNames?.service, findings.assumed);
  const services = businessServices(sites);
  const workloads = sites.flatMap((site) => site.workloads.map((workload) => `${site.name}/${workload.name}`));
  const complete = sites.length === heads.length && isWhole(sources);
  return {
    name: root.get('name').text() ?? sources.folderName,
    sites,
    link: readLink(root, heads.length, findings.assumed),
    replication: complete ? readReplication(root, workloads, findings.assumed) : [],
    globalLoadBalancer: readGlobalLoadBalancer(root, heads),
    steadyState: complete ? readSteadyState(root, services, findings.assumed) : {},
    notModelled: findings.notModelled.list(services, reachIn(sites)),
    assumed: [...new Set(findings.assumed)],
    files: sources.files,
  };
}

/** Whether every manifest could be read. Where not, a name that is not found may stand in one that could not. */
function isWhole({ sites }: Sources): boolean {
  return sites.every(({ whole }) => whole);
}

/** The same complaint about a file that two sites share is told once. */
function throwProblems(problems: ProblemList): void {
  const unique = createProblemList();
  const seen = new Set<string>();
  for (const problem of problems.problems) {
    const key = JSON.stringify([problem.file, problem.line, problem.column, problem.message]);
    if (!seen.has(key)) unique.add(problem);
    seen.add(key);
  }
  unique.throwIfAny();
}
