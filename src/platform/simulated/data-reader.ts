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
  const workloads = served(world);
  const known = new Set(workloads.map(({ site, workload }) => `${site}/${workload}`));
  const tick = () => {
    if (stopped) return;
    lagShown = tellData(world, publish, lagShown);
    for (const { site, workload } of workloads) tellCapacity(world, site, workload, shown, publish);
    world.kernel.after(periodMs, tick);
  };
  world.workloads.podChanged.on((pod) => {
    if (!stopped && known.has(`${pod.site}/${pod.workload}`))
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
  shown: Map<string, Capacity>,
  publish: Publish,
): void {
  const status = world.workloads.status(site, workload);
  const now = {
    readyReplicas: status.ready,
    wantedReplicas: status.wanted,
    capacityRps: Math.round(world.traffic.capacityRps(site, workload)),
    demandRps: Math.round(world.traffic.askedRps(site, workload)),
  };
  const key = `${site}/${workload}`;
  if (isSame(shown.get(key), now)) return;
  const event: Capacity = { type: 'capacity', site, workload, ...now };
  shown.set(key, event);
  publish(event, world.kernel.now());
}

function isSame(before: Capacity | undefined, now: Omit<Capacity, 'type' | 'site' | 'workload'>): boolean {
  if (before === undefined) return false;
  const step = Math.abs(before.demandRps - now.demandRps);
  return (
    before.readyReplicas === now.readyReplicas &&
    before.wantedReplicas === now.wantedReplicas &&
    before.capacityRps === now.capacityRps &&
    step <= demandStepRatio * Math.max(before.demandRps, 1)
  );
}
