/** A workload as an object of its site's API. Apart because releases and scaling both read and change it. */
import type { KubernetesObject, V1PodTemplateSpec, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import { mergeObject, patiently, readObject, replaceTemplate, strategicObject } from './kube-calls.ts';
import { workloadOf } from './pod-processes.ts';
import { type Job, targetOf } from './verb.ts';

/** What Deployment, StatefulSet and DaemonSet share. */
export interface WorkloadObject extends KubernetesObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template: V1PodTemplateSpec;
  };
  readonly status?: { readonly observedGeneration?: number; readonly updateRevision?: string };
}

/** Reads and changes the workload that an action is about. */
export function workloadObject({ world, action, signal }: Job) {
  const { site, workload: name } = targetOf(action, 'workload');
  const { kind, namespace } = workloadOf(world, site, name);
  const kube = world.kube(site);
  const of = { apiVersion: 'apps/v1', kind, metadata: { name, namespace } };
  const says = `${site}/${name}`;
  const read = async (): Promise<WorkloadObject> => {
    const found = await readObject<WorkloadObject>(kube, of);
    if (found === undefined) throw new OperatingError(`There is no ${kind} ${says}`);
    return found;
  };
  return {
    kube,
    kind,
    name,
    namespace,
    says,
    read,
    readPatiently: () => patiently(`find ${says}`, signal, read),
    merge: (change: Readonly<Record<string, unknown>>) => mergeObject(kube, of, change, signal),
    strategic: (change: Readonly<Record<string, unknown>>) => strategicObject(kube, of, change, signal),
    template: (template: object) => replaceTemplate(kube, of, template, signal),
    /** The autoscaler that scales it, if there is one. */
    autoscaler: async (): Promise<V2HorizontalPodAutoscaler | undefined> => {
      const { items } = await patiently(`list the autoscalers of ${says}`, signal, () =>
        kube.autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace }),
      );
      return items.find(({ spec }) => spec?.scaleTargetRef.kind === kind && spec.scaleTargetRef.name === name);
    },
    /** Changes an autoscaler. */
    mergeAutoscaler: (autoscaler: string, change: Readonly<Record<string, unknown>>) =>
      mergeObject(
        kube,
        { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: autoscaler, namespace } },
        change,
        signal,
      ),
  };
}
