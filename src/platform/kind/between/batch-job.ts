/** The scheduled batch as Kubernetes objects. Apart because it is pure; who applies and watches them is elsewhere. */
import type { V1CronJob, V1Job, V1JobSpec } from '@kubernetes/client-node';
import type { Credentials } from './credentials.ts';
import type { BatchPlan } from './plan.ts';

/** Label of CronJobs, Jobs and pods of a batch; its value is the replication's name. */
export const batchLabel = 'elevenproof.dev/batch';

/** Annotation on a CronJob that we suspended; without it a suspended one is left alone. */
export const stalledAnnotation = 'elevenproof.dev/stalled';

/** What the reference workload's batch is started from, by its upstream name. */
export const batchImage = 'elevenproof/order-desk:dev';

/** How a batch reaches both ends. */
export interface BatchEnds {
  readonly source: Credentials & { readonly host: string; readonly port: number };
  readonly target: Credentials & { readonly host: string };
  readonly image: string;
}

/** Kept for counting; a schedule of one minute fills a run of half an hour. */
const historyLimit = 50;

/** A CronJob that runs one batch at a time, each of which succeeds at once or fails. */
export function batchCronJob(plan: BatchPlan, ends: BatchEnds): V1CronJob {
  const labels = { [batchLabel]: plan.replication };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: plan.cronJob, namespace: plan.to.namespace, labels },
    spec: {
      schedule: plan.schedule,
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: historyLimit,
      failedJobsHistoryLimit: historyLimit,
      jobTemplate: { metadata: { labels }, spec: jobSpec(plan, ends) },
    },
  };
}

function jobSpec(plan: BatchPlan, { source, target, image }: BatchEnds): V1JobSpec {
  const env = {
    BATCH_NAME: plan.replication,
    SOURCE_SITE: plan.from.site,
    SOURCE_HOST: source.host,
    SOURCE_PORT: String(source.port),
    SOURCE_USER: source.user,
    SOURCE_PASSWORD: source.password,
    SOURCE_NAME: source.database,
    TARGET_HOST: target.host,
    TARGET_USER: target.user,
    TARGET_PASSWORD: target.password,
    TARGET_NAME: target.database,
  };
  return {
    backoffLimit: 0,
    activeDeadlineSeconds: 60,
    template: {
      metadata: { labels: { [batchLabel]: plan.replication } },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'batch',
            image,
            imagePullPolicy: 'IfNotPresent',
            args: ['batch'],
            env: Object.entries(env).map(([name, value]) => ({ name, value })),
            resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
          },
        ],
      },
    },
  };
}

/** A run by hand: what the CronJob would start. `number` tells it from others. */
export function batchJobOf(cronJob: V1CronJob, number: number): V1Job {
  const { name, namespace, labels, uid } = cronJob.metadata!;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${name}-now-${number}`,
      namespace: namespace!,
      labels: labels ?? {},
      ...(uid !== undefined && {
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: name!, uid, controller: true }],
      }),
    },
    spec: cronJob.spec!.jobTemplate.spec!,
  };
}

/** What became of a batch's runs. */
export interface BatchRuns {
  readonly completed: number;
  /** The newest run that ended failed. */
  readonly failed: boolean;
  readonly running: boolean;
  /** When the newest run that ended began, ms since 1970: what was committed before should have arrived. 0 before the first. */
  readonly dueMs: number;
}

/** Folds the Jobs of one batch, in any order. */
export function foldJobs(jobs: readonly V1Job[]): BatchRuns {
  const sorted = [...jobs].sort((a, b) => startOf(a) - startOf(b));
  const ended = sorted.filter((job) => endOf(job) !== undefined);
  const newest = ended.at(-1);
  return {
    completed: ended.filter((job) => endOf(job) === 'Complete').length,
    failed: newest !== undefined && endOf(newest) === 'Failed',
    running: ended.length < sorted.length,
    dueMs: newest === undefined ? 0 : startOf(newest),
  };
}

/** The controller stamps whole seconds. */
function startOf(job: V1Job): number {
  return new Date(job.status?.startTime ?? job.metadata?.creationTimestamp ?? 0).getTime();
}

function endOf(job: V1Job): 'Complete' | 'Failed' | undefined {
  const end = job.status?.conditions?.find(
    ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
  );
  return end?.type as 'Complete' | 'Failed' | undefined;
}
