/** Scheduled batches as an operator handles them: CronJobs in the cluster that receives. Apart from their shape, which is pure, and from watching them. */
import type { V1CronJob } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import { imagesVariable, parseImages } from '../images.ts';
import type { KindWorld } from '../world.ts';
import { batchCronJob, batchImage, batchJobOf, batchLabel, foldJobs, stalledAnnotation } from './batch-job.ts';
import type { Database } from './database.ts';
import { apiReason, patiently } from './patiently.ts';
import type { BatchPlan, BetweenPlan } from './plan.ts';

/** Batches of a pair. */
export interface Batches {
  /** CronJobs as the topology says; runs of earlier ones are gone. */
  setUp(): Promise<void>;
  stall(batch: BatchPlan): Promise<void>;
  resume(batch: BatchPlan): Promise<void>;
  /** Its schedule is not suspended. */
  scheduled(batch: BatchPlan): Promise<boolean>;
  /** Starts a run now. */
  start(batch: BatchPlan): Promise<void>;
  completed(batch: BatchPlan): Promise<number>;
}

/** The batches of a plan. */
export function createBatches(world: KindWorld, plan: BetweenPlan, databases: ReadonlyMap<string, Database>): Batches {
  const kubeOf = ({ to }: BatchPlan) => world.kube(to.site).batch;
  const at = ({ cronJob, to }: BatchPlan) => ({ name: cronJob, namespace: to.namespace });
  const read = (batch: BatchPlan) => kubeOf(batch).readNamespacedCronJob(at(batch));
  const change = (batch: BatchPlan, work: (cronJob: V1CronJob) => V1CronJob) =>
    asking(batch, async () => {
      const before = await read(batch);
      const body = work(before);
      if (body !== before) await kubeOf(batch).replaceNamespacedCronJob({ ...at(batch), body });
    });
  return {
    setUp: async () => {
      const image = parseImages(process.env[imagesVariable])(batchImage);
      for (const { namespace, site } of plan.databases) await patiently(() => removeAll(world, site, namespace));
      for (const batch of plan.batches) {
        const [from, to] = [databases.get(batch.from.key)!, databases.get(batch.to.key)!];
        const body = batchCronJob(batch, {
          image,
          source: { ...(await from.credentials()), host: world.ground.link.address, port: batch.from.linkPort },
          target: { ...(await to.credentials()), host: batch.to.workload },
        });
        // One of that name may still be on its way out.
        await asking(batch, () => kubeOf(batch).createNamespacedCronJob({ namespace: batch.to.namespace, body }));
      }
    },
    stall: (batch) =>
      change(batch, (cronJob) => {
        if (cronJob.spec!.suspend === true) return cronJob;
        const annotations = { ...cronJob.metadata!.annotations, [stalledAnnotation]: new Date().toISOString() };
        return {
          ...cronJob,
          metadata: { ...cronJob.metadata, annotations },
          spec: { ...cronJob.spec!, suspend: true },
        };
      }),
    resume: (batch) =>
      change(batch, (cronJob) => {
        const { [stalledAnnotation]: mark, ...annotations } = cronJob.metadata?.annotations ?? {};
        if (mark === undefined) return cronJob;
        return {
          ...cronJob,
          metadata: { ...cronJob.metadata, annotations },
          spec: { ...cronJob.spec!, suspend: false },
        };
      }),
    scheduled: async (batch) => (await asking(batch, () => read(batch))).spec?.suspend !== true,
    start: async (batch) => {
      const body = batchJobOf(await asking(batch, () => read(batch)), Date.now());
      await asking(batch, () =>
        kubeOf(batch)
          .createNamespacedJob({ namespace: batch.to.namespace, body })
          // Asked before, and done although its answer was lost.
          .catch((cause) => {
            if ((cause as { code?: number }).code !== 409) throw cause;
          }),
      );
    },
    completed: async (batch) => {
      const labelSelector = `${batchLabel}=${batch.replication}`;
      const { items } = await asking(batch, () =>
        kubeOf(batch).listNamespacedJob({ namespace: batch.to.namespace, labelSelector }),
      );
      return foldJobs(items).completed;
    },
  };
}

/** CronJobs, Jobs and their pods of earlier runs on the same pair. */
async function removeAll(world: KindWorld, site: string, namespace: string): Promise<void> {
  const { batch } = world.kube(site);
  const about = { namespace, labelSelector: batchLabel, propagationPolicy: 'Background' };
  await batch.deleteCollectionNamespacedCronJob(about);
  await batch.deleteCollectionNamespacedJob(about);
}

async function asking<T>({ cronJob, to }: BatchPlan, work: () => Promise<T>): Promise<T> {
  try {
    return await patiently(work);
  } catch (cause) {
    throw new OperatingError(`Failed to ask site ${to.site} about batch ${cronJob}: ${apiReason(cause)}`, { cause });
  }
}
