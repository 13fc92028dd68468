/** Reads the databases and the capacity of workloads once a second and tells what is new. Apart from facts, which are single values: these are the figures that objectives on data and scaling need. */
import type { Capacity, Publish } from '../../domain/event.ts';
import type { World } from '../../sim/world.ts';
import { createCapacityNews } from '../capacity-news.ts';

const periodMs = 1_000;

/** Reads from now on; gives the end of it, which reads once more. */
export function readData(world: World, publish: Publish): () => void {
  let stopped = false;
  const isNews = createCapacityNews();
  let lagShown = '';
  const workloads = served(world);
  const known = new Set(workloads.map(({ site, workload }) => `${site}/${workload}`));
  const tick = () => {
    if (stopped) return;
    lagShown = tellData(world, publish, lagShown);
    for (const { site, workload } of workloads) tellCapacity(world, site, workload, isNews, publish);
    world.kernel.after(periodMs, tick);
  };
  world.workloads.podChanged.on((pod) => {
    if (!stopped && known.has(`${pod.site}/${pod.workload}`))
      tellCapacity(world, pod.site, pod.workload, isNews, publish);
  });
  tick();
  return () => {
    tellData(world, publish, '');
    stopped = true;
  };
}

function tellData(world: World, publish: Publish, lagShown: string): string {
  const { replication } = world;
  const news = replication.takeNews();
  const lag = Object.fromEntries(replication.list().map(({ name }) => [name, replication.lag(name)]));
  const shown = JSON.stringify(lag);
  if (shown === lagShown && isEmpty(news.acknowledged) && isEmpty(news.indeterminate)) return shown;
  publish(
    { type: 'data', acknowledged: news.acknowledged, indeterminate: news.indeterminate, lag },
    world.kernel.now(),
  );
  return shown;
}

const isEmpty = (bySite: Readonly<Record<string, readonly unknown[]>>) =>
  Object.values(bySite).every((set) => set.length === 0);

/** Workloads that requests go through, whether or not anything scales them. */
function served(world: World): readonly { readonly site: string; readonly workload: string }[] {
  return world.sites.flatMap((site) => {
    const called = new Set(site.workloads.flatMap(({ behaviour }) => behaviour.calls));
    const asked = site.services.filter(({ name, serves }) => serves !== undefined || called.has(name));
    const behind = new Set(asked.flatMap(({ workloads }) => workloads));
    return site.workloads.flatMap(({ name }) => (behind.has(name) ? [{ site: site.name, workload: name }] : []));
  });
}

function tellCapacity(
  world: World,
  site: string,
  workload: string,
  isNews: (reading: Capacity) => boolean,
  publish: Publish,
): void {
  const status = world.workloads.status(site, workload);
  const reading: Capacity = {
    type: 'capacity',
    site,
    workload,
    readyReplicas: status.ready,
    wantedReplicas: status.wanted,
    capacityRps: Math.round(world.traffic.capacityRps(site, workload)),
    demandRps: Math.round(world.traffic.askedRps(site, workload)),
  };
  if (isNews(reading)) publish(reading, world.kernel.now());
}
