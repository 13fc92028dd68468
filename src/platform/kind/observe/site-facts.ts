/** From objects of one site's API to its facts: which change calls for which reading. */
import type { Ms } from '../../../base/clock.ts';
import type { Site, Workload } from '../../../domain/topology.ts';
import { type Ground, nodeOf } from '../ground.ts';
import type { ClusterState, KindOf } from './cluster-state.ts';
import { endpointFacts } from './endpoint-facts.ts';
import { leaderFacts } from './leader-facts.ts';
import { type Containers, nodeFacts } from './node-facts.ts';
import type { ApiObject, AutoscalerObject, PodObject } from './objects.ts';
import { podFacts, workloadOf } from './pod-facts.ts';
import type { Reading, Teller } from './teller.ts';
import { workloadFacts } from './workload-facts.ts';

/** Tells the facts of one site that informers bring. */
export interface SiteFacts {
  /** Everything was listed: all facts are read, and pods that are not there any more are told gone. */
  listed(state: ClusterState, atMs: Ms): void;
  changed(kind: KindOf, object: ApiObject, state: ClusterState, atMs: Ms): void;
  /** Time has passed: a leader that is silent shows by nothing else. */
  passed(state: ClusterState, atMs: Ms): void;
}

/** Facts of `site`. `epochMs`: what 0 of the run's clock is on the wall. */
export function createSiteFacts(site: Site, ground: Ground, epochMs: number, teller: Teller): SiteFacts {
  const containers: Containers = new Map(
    ground.sites.flatMap(({ machines }) => machines.map(({ node, container }) => [node, container] as const)),
  );
  const nameOf = (container: string) => nodeOf(ground, container);
  /** Workload of every pod that was told and is not gone yet. */
  const alive = new Map<string, string>();

  const tellPod = (pod: PodObject, state: ClusterState, atMs: Ms) => {
    const workload = workloadOf(site, pod);
    if (workload === undefined) return;
    const { name, namespace } = pod.metadata;
    const now = state.pods.get(`${namespace}/${name}`);
    if (now === undefined) alive.delete(`${namespace}/${name}`);
    else alive.set(`${namespace}/${name}`, workload.name);
    teller.tell(podFacts({ site: site.name, workload: workload.name, pod: name }, now, nameOf), atMs);
  };
  const tellVanished = (state: ClusterState, atMs: Ms) => {
    for (const [key, workload] of [...alive]) {
      if (state.pods.has(key)) continue;
      alive.delete(key);
      const pod = key.slice(key.indexOf('/') + 1);
      teller.tell(podFacts({ site: site.name, workload, pod }, undefined, nameOf), atMs);
    }
  };
  const leaders = (state: ClusterState, nowMs: Ms): readonly Reading[] =>
    leaderFacts(site.name, state, nameOf, { nowMs, epochMs });
  const workloadsOf = (kind: KindOf, object: ApiObject): readonly Workload[] =>
    site.workloads.filter((workload) => isAbout(site, workload, kind, object));

  return {
    listed: (state, atMs) => {
      teller.tell(nodeFacts(site, containers, state), atMs);
      for (const workload of site.workloads) teller.tell(workloadFacts(site, workload, state), atMs);
      for (const pod of state.pods.values()) tellPod(pod, state, atMs);
      tellVanished(state, atMs);
      teller.tell([...endpointFacts(site, state), ...leaders(state, atMs)], atMs);
    },
    changed: (kind, object, state, atMs) => {
      if (kind === 'pods') tellPod(object as PodObject, state, atMs);
      if (kind === 'nodes' || (kind === 'pods' && isAnyCordoned(state)))
        teller.tell(nodeFacts(site, containers, state), atMs);
      if (kind === 'slices') teller.tell(endpointFacts(site, state), atMs);
      if (kind === 'leases') teller.tell(leaders(state, atMs), atMs);
      for (const workload of workloadsOf(kind, object)) teller.tell(workloadFacts(site, workload, state), atMs);
    },
    passed: (state, atMs) => teller.tell(leaders(state, atMs), atMs),
  };
}

function isAnyCordoned({ nodes }: ClusterState): boolean {
  for (const { spec } of nodes.values()) if (spec.unschedulable === true) return true;
  return false;
}

const kindsOf = { deployments: 'Deployment', statefulsets: 'StatefulSet', daemonsets: 'DaemonSet' } as const;

/** Whether an object bears on the facts of a workload. */
function isAbout(site: Site, { kind, name, namespace }: Workload, what: KindOf, object: ApiObject): boolean {
  const { metadata } = object;
  if (metadata.namespace !== namespace) return false;
  if (what === 'deployments' || what === 'statefulsets' || what === 'daemonsets')
    return kindsOf[what] === kind && metadata.name === name;
  if (what === 'revisions')
    return metadata.ownerReferences?.some((owner) => owner.kind === kind && owner.name === name) ?? false;
  if (what !== 'autoscalers') return false;
  const target = (object as AutoscalerObject).spec.scaleTargetRef;
  return (
    (target.kind === kind && target.name === name) ||
    site.autoscalers.some((autoscaler) => autoscaler.workload === name && autoscaler.name === metadata.name)
  );
}
