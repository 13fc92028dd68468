/** Reads the databases and the capacity of workloads once a second and tells what is new. Apart from facts, which are single values: these are the figures that objectives on data and scaling need. */
import type { Capacity, Publish } from '../../domain/event.ts';
import type { World } from '../../sim/world.ts';

const periodMs = 1_000;
/** Demand must change by this share to be told again. A larger one makes the area of unserved demand coarser. */
const demandStepRatio = 0.02;

/** Reads from now on; gives the end of it, which reads once more. */
export function readData(world: World, publish: Publish): () => void {
  let stopped = false;
  const shown = new Map<string, Capacity>();
  let lagShown = '';
  const tick = () => {
    if (stopped) return;
    lagShown = tellData(world, publish, lagShown);
    for (const { site, workload } of served(world)) tellCapacity(world, site, workload, shown, publish);
    world.kernel.after(periodMs, tick);
  };
  world.workloads.podChanged.on((pod) => {
    if (!stopped && isServed(world, pod.site, pod.workload))
      tellCapacity(world, pod.site, pod.workload, shown, publish);
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

/** Workloads that requests go through. */
function served(world: World): readonly { readonly site: string; readonly workload: string }[] {
  return world.sites.flatMap((site) =>
    site.workloads
      .filter((workload) => isServed(world, site.name, workload.name))
      .map((workload) => ({ site: site.name, workload: workload.name })),
  );
}

function isServed(world: World, site: string, workload: string): boolean {
  const found = world.sites.find((candidate) => candidate.name === site);
  return found?.autoscalers.some((autoscaler) => autoscaler.workload === workload) ?? false;
}

function tellCapacity(
  world: World,
  site: string,
  workload: string,
  shown: Map<string, Capacity>,
  publish: Publish,
): void {
  const status = world.workloads.status(site, workload);
  const event: Capacity = {
    type: 'capacity',
    site,
    workload,
    readyReplicas: status.ready,
    wantedReplicas: status.wanted,
    capacityRps: Math.round(world.traffic.capacityRps(site, workload)),
    demandRps: Math.round(world.traffic.askedRps(site, workload)),
  };
  const key = `${site}/${workload}`;
  if (isSame(shown.get(key), event)) return;
  shown.set(key, event);
  publish(event, world.kernel.now());
}

function isSame(before: Capacity | undefined, now: Capacity): boolean {
  if (before === undefined) return false;
  const step = Math.abs(before.demandRps - now.demandRps);
  return (
    before.readyReplicas === now.readyReplicas &&
    before.wantedReplicas === now.wantedReplicas &&
    before.capacityRps === now.capacityRps &&
    step <= demandStepRatio * Math.max(before.demandRps, 1)
  );
}
