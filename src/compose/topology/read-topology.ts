/** Reading a topology from real files: kind configs, Kubernetes manifests and topology.yaml become the plain data that every platform reads. */
import { createProblemList, type ProblemList } from '../../base/errors.ts';
import type { Topology } from '../../domain/topology.ts';
import { businessServices, withEntries } from './entry.ts';
import { createField } from './field.ts';
import type { Findings } from './kind-config.ts';
import { createNotModelledList } from './not-modelled.ts';
import { findTopology } from './place.ts';
import { parseChanges, refuseUnmatched } from './sets.ts';
import { readSite } from './site.ts';
import { readSources, type Sources } from './sources.ts';
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
  /** Whether `manifests: { command }` may run. */
  readonly allowCommands?: boolean;
  /** Replaces the image of every node. */
  readonly nodeImage?: string;
}

/** The topology in a folder, a topology.yaml, or a shipped one by name. Throws InputError with every problem of all files at once. */
export async function readTopology(path: string, options: ReadOptions = {}): Promise<Topology> {
  const problems = createProblemList();
  const changes = parseChanges(options.sets ?? [], problems);
  const sources = await readSources(findTopology(path), changes, options.allowCommands ?? false, problems);
  refuseUnmatched(changes, sources.sites, problems);
  if (sources.madeUp && sources.sites.length === 0) problems.throwIfAny();
  const topology = understand(sources, options.nodeImage, problems);
  throwProblems(problems);
  return topology;
}

/** The files' content as a topology. What is wrong goes to the problems; the result is only good without any. */
function understand(sources: Sources, nodeImage: string | undefined, problems: ProblemList): Topology {
  const assumed = sources.leftOut.map((path) => `${path} holds no Kubernetes object and is left out`);
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
  const sites = withEntries(read, findings.assumed);
  const services = businessServices(sites);
  const workloads = sites.flatMap((site) => site.workloads.map((workload) => `${site.name}/${workload.name}`));
  const complete = sites.length === heads.length;
  return {
    name: root.get('name').text() ?? sources.folderName,
    sites,
    link: readLink(root, heads.length, findings.assumed),
    replication: complete ? readReplication(root, workloads, findings.assumed) : [],
    globalLoadBalancer: readGlobalLoadBalancer(root, heads),
    steadyState: complete ? readSteadyState(root, services, findings.assumed) : {},
    notModelled: findings.notModelled.list(services),
    assumed: [...new Set(findings.assumed)],
    files: sources.files,
  };
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
