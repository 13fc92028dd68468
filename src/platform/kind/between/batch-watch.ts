/** What became of scheduled batches, heard from their cluster. Apart because it watches Jobs, which nothing else between the sites does. */
import type { V1CronJob, V1Job } from '@kubernetes/client-node';
import { parseCron } from '../../../base/cron.ts';
import type { Stop } from '../../../domain/event.ts';
import type { KindWorld } from '../world.ts';
import { type BatchRuns, batchLabel, foldJobs, stalledAnnotation } from './batch-job.ts';
import { everyWhile } from './pace.ts';
import type { BetweenPlan } from './plan.ts';
import { createGapWatch, type Teller } from './teller.ts';

/** How often Jobs are asked for, ms: a batch takes seconds and is stamped by the second. */
const periodMs = 1_000;
const limitMs = 3_000;

/** Zero of our cron's times, ms since 1970. */
const cronEpochMs = Date.UTC(2019, 10, 11);

/** Runs as they are known now. */
export interface BatchWatch {
  /** Undefined before the first answer of its cluster. */
  runs(replication: string): BatchRuns | undefined;
  /** It is suspended by us and a run came due since. */
  missed(replication: string): boolean;
}

/** Watches the batches of a plan; ended by `stop`. */
export function watchBatches(
  world: KindWorld,
  plan: BetweenPlan,
  teller: Teller,
): BatchWatch & { readonly stop: Stop } {
  const runs = new Map<string, BatchRuns>();
  const due = new Map<string, number>();
  const { clock } = world;
  const stops = [...new Set(plan.batches.map(({ to }) => to.site))].map((site) => {
    const mine = plan.batches.filter(({ to }) => to.site === site);
    const gap = createGapWatch(
      teller.publish,
      {
        observer: 'batch watch',
        site,
        facts: ['replication.batch', 'replication.stalled', 'replication.caught-up'],
        periodMs: 2 * periodMs,
      },
      clock.now(),
    );
    return everyWhile(periodMs, async () => {
      try {
        const { batch } = world.kube(site);
        const about = { namespace: mine[0]!.to.namespace, labelSelector: batchLabel };
        const [jobs, cronJobs] = await within(
          Promise.all([batch.listNamespacedJob(about), batch.listNamespacedCronJob(about)]),
        );
        for (const { replication } of mine) {
          const named = <T extends V1Job | V1CronJob>(items: readonly T[]) =>
            items.filter(({ metadata }) => metadata?.labels?.[batchLabel] === replication);
          runs.set(replication, foldJobs(named(jobs.items)));
          due.set(replication, dueSince(named(cronJobs.items)[0]));
        }
        gap.answered(clock.now());
      } catch {
        gap.silent(clock.now());
      }
    });
  });
  return {
    runs: (replication) => runs.get(replication),
    missed: (replication) => Date.now() >= (due.get(replication) ?? Number.POSITIVE_INFINITY),
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

/** When the first run after our suspension was due, ms since 1970; infinite when it is not suspended by us. */
function dueSince(cronJob: V1CronJob | undefined): number {
  const stalled = cronJob?.metadata?.annotations?.[stalledAnnotation];
  if (stalled === undefined || cronJob?.spec?.suspend !== true) return Number.POSITIVE_INFINITY;
  return parseCron(cronJob.spec.schedule).nextAfter(Date.parse(stalled) - cronEpochMs) + cronEpochMs;
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
