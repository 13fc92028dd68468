/** Fits pods to what the machine really has: nodes in containers all show the host's cores and memory, whatever the topology says that they hold. Apart because the scheduler must pack, and an autoscaler must see, what the topology declares. */
import { parseQuantity, toMiB } from '../../../base/quantity.ts';
import type { NodeSpec } from '../../../domain/topology.ts';
import { containersOf, type Draft, type DraftContainer, templateOf } from './draft.ts';

/** Real ÷ declared, of the nodes that carry workloads. */
export interface Fit {
  readonly cpuRatio: number;
  readonly memoryRatio: number;
}

/** What a node of a real cluster says that pods may have of it. */
export interface Allocatable {
  /** Quantities as Kubernetes writes them. */
  readonly cpu: string;
  readonly memory: string;
}

/** The fit of a site. `real` by the topology's name of a node; nodes that are missing there are left out. */
export function fitOf(nodes: readonly NodeSpec[], real: ReadonlyMap<string, Allocatable>): Fit {
  const workers = nodes.filter(({ role }) => role === 'worker');
  const carrying = (workers.length > 0 ? workers : nodes).filter(({ name }) => real.has(name));
  const sum = (of: (node: NodeSpec) => number) => carrying.reduce((total, node) => total + of(node), 0);
  const amount = (node: NodeSpec, what: keyof Allocatable) => parseQuantity(real.get(node.name)![what]) ?? 0;
  const ratio = (got: number, declared: number) => (got > 0 && declared > 0 ? got / declared : 1);
  return {
    cpuRatio: ratio(
      sum((node) => amount(node, 'cpu')),
      sum((node) => node.cpuCores),
    ),
    memoryRatio: ratio(
      sum((node) => toMiB(amount(node, 'memory'))),
      sum((node) => node.memoryMiB),
    ),
  };
}

/** A program's own start costs what it costs, whatever a declared core is worth here: with less than this it would not live to its first probe. Cores. */
const limitCoresMin = 0.5;

/** Requests and limits of CPU, and targets in cores, times the ratio, but no limit below half a core. Memory: requests times its ratio; limits only ever grow, because a program needs what it needs. */
export function fitObjects(drafts: readonly Draft[], fit: Fit): void {
  for (const draft of drafts) {
    for (const container of containersOf(templateOf(draft))) fitContainer(container, fit);
    if (draft.kind === 'HorizontalPodAutoscaler') fitTargets(draft, fit);
  }
}

function fitContainer({ resources }: DraftContainer, { cpuRatio, memoryRatio }: Fit): void {
  const { requests, limits } = resources ?? {};
  if (requests?.cpu !== undefined) requests.cpu = fitCpu(requests.cpu, cpuRatio);
  if (limits?.cpu !== undefined) limits.cpu = fitCpu(limits.cpu, cpuRatio, limitCoresMin);
  if (requests?.memory !== undefined) requests.memory = fitMemory(requests.memory, memoryRatio);
  if (limits?.memory !== undefined) limits.memory = fitMemory(limits.memory, Math.max(1, memoryRatio));
}

/** In thousandths of a core, at least 1. What is no quantity is the API server's to refuse. */
function fitCpu(quantity: string | number, ratio: number, coresMin = 0.001): string | number {
  const cores = parseQuantity(quantity);
  if (cores === undefined || cores <= 0) return quantity;
  return `${Math.round(Math.max(coresMin, cores * ratio) * 1000)}m`;
}

/** In whole KiB. */
function fitMemory(quantity: string | number, ratio: number): string | number {
  const bytes = parseQuantity(quantity);
  return bytes === undefined ? quantity : `${Math.round((bytes * ratio) / 1024)}Ki`;
}

function fitTargets(draft: Draft, { cpuRatio }: Fit): void {
  for (const metric of draft.spec?.metrics ?? []) {
    const body = (metric.resource ?? metric.containerResource) as
      | { name?: string; target?: { averageValue?: string | number } }
      | undefined;
    const value = body?.name === 'cpu' ? body.target?.averageValue : undefined;
    if (value !== undefined) body!.target!.averageValue = fitCpu(value, cpuRatio);
  }
}
