/** Scheduled batches as an operator handles them: CronJobs in the cluster that receives. Apart from their shape, which is pure, and from watching them. */
import type { V1CronJob } from '@kubernetes/client-node';
import { OperatingError } from '../../../base/errors.ts';
import { imagesVariable, parseImages } from '../images.ts';
import type { KindWorld } from '../world.ts';
import { batchCronJob, batchImage, batchJobOf, batchLabel, foldJobs, stalledAnnotation } from './batch-job.ts';
import type { Database } from './database.ts';
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
  const read = async (batch: BatchPlan): Promise<V1CronJob> => {
    try {
      return await kubeOf(batch).readNamespacedCronJob(at(batch));
    } catch (cause) {
      throw new OperatingError(`Failed to read CronJob ${batch.cronJob} of site ${batch.to.site}: ${reason(cause)}`, {
        cause,
      });
    }
  };
  const change = async (batch: BatchPlan, work: (cronJob: V1CronJob) => V1CronJob) => {
    const body = work(await read(batch));
    await kubeOf(batch).replaceNamespacedCronJob({ ...at(batch), body });
  };
  return {
    setUp: async () => {
      const image = parseImages(process.env[imagesVariable])(batchImage);
      for (const { namespace, site } of new Set(plan.databases)) await removeAll(world, site, namespace);
      for (const batch of plan.batches) {
        const [from, to] = [databases.get(batch.from.key)!, databases.get(batch.to.key)!];
        const body = batchCronJob(batch, {
          image,
          source: { ...(await from.credentials()), host: world.ground.link.address, port: batch.from.linkPort },
          target: { ...(await to.credentials()), host: batch.to.workload },
        });
        await create(() => kubeOf(batch).createNamespacedCronJob({ namespace: batch.to.namespace, body }), batch);
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
    scheduled: async (batch) => (await read(batch)).spec?.suspend !== true,
    start: async (batch) => {
      const body = batchJobOf(await read(batch));
      await kubeOf(batch).createNamespacedJob({ namespace: batch.to.namespace, body });
    },
    completed: async (batch) => {
      const labelSelector = `${batchLabel}=${batch.replication}`;
      const { items } = await kubeOf(batch).listNamespacedJob({ namespace: batch.to.namespace, labelSelector });
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

/** An object of that name may still be on its way out. */
async function create(work: () => Promise<unknown>, { cronJob, to }: BatchPlan): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await work();
      return;
    } catch (cause) {
      if (tries === 20)
        throw new OperatingError(`Failed to create CronJob ${cronJob} in site ${to.site}: ${reason(cause)}`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

function reason(cause: unknown): string {
  const { code, message } = cause as { code?: number; message?: string };
  return code === undefined ? (message ?? String(cause)) : `the API answered ${code}`;
}
