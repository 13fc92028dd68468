/** Nodes as the API server knows them: Ready by heartbeat and grace period, cordon, NoExecute and out-of-service taints. Put together from one heartbeat per node and one monitor per site. */
import type { NodeSpec, Site } from '../../domain/topology.ts';
import { createSignal, type Kernel } from '../kernel.ts';
import type { ControlPlane, Etcd, Machines, Network, NodeName, Nodes, SiteName } from '../model.ts';
import { createOperatorCalls } from './control-plane/operator-calls.ts';
import { heartbeatPhases } from './nodes/heartbeat-phases.ts';
import { createNodeHealth, type NodeHealth, type NodeRecord } from './nodes/node-health.ts';
import { createNodeMonitor, type NodeMonitor } from './nodes/node-monitor.ts';

/** Every node registered and ready. Throws a RangeError on a name that is not a node. */
export function createNodes(
  kernel: Kernel,
  sites: readonly Site[],
  deps: {
    readonly machines: Machines;
    readonly network: Network;
    readonly etcd: Pick<Etcd, 'restored'>;
    readonly controlPlane: ControlPlane;
  },
): Nodes {
  const { machines, controlPlane } = deps;
  const phases = heartbeatPhases(kernel, sites);
  const changed = createSignal<{ readonly node: NodeName }>();
  const tainted = createSignal<{ readonly node: NodeName; readonly key: string; readonly sinceMs: number }>();
  const operator = createOperatorCalls(controlPlane);
  const byName = new Map<NodeName, NodeHealth>();
  const bySite = new Map<SiteName, NodeHealth[]>();
  const monitors = new Map<SiteName, NodeMonitor>();
  const find = (node: NodeName) => {
    const health = byName.get(node);
    if (health === undefined) throw new RangeError(`No node "${node}"`);
    return health;
  };
  const told = {
    changed: (node: NodeName) => changed.emit({ node }),
    tainted: (node: NodeName, key: string, sinceMs: number) => tainted.emit({ node, key, sinceMs }),
  };
  const addNode = (site: Site, spec: NodeSpec) => {
    const attend = () => monitors.get(site.name)!.attend(health);
    const posted = () => {
      attend();
      changed.emit({ node: spec.name });
    };
    const phaseMs = phases.renewal.get(spec.name)!;
    const health = createNodeHealth(kernel, deps, fresh(site, spec), phaseMs, { posted, lost: attend });
    byName.set(spec.name, health);
    return health;
  };
  for (const site of sites) {
    bySite.set(
      site.name,
      site.nodes.map((spec) => addNode(site, spec)),
    );
    monitors.set(site.name, createNodeMonitor(kernel, site, deps, find, told, phases.pass.get(site.name)!));
  }
  machines.changed.on(({ node }) => byName.get(node)?.look());
  controlPlane.changed.on(({ site }) => {
    for (const health of bySite.get(site) ?? []) health.look();
    monitors.get(site)?.look();
  });
  deps.network.changed.on(() => {
    for (const health of byName.values()) health.look();
  });
  const marks: { readonly atMs: number; readonly node: NodeName; readonly before: Mark }[] = [];
  const mark = (node: NodeName, change: Partial<Mark>) => {
    const { object } = find(node);
    const { cordoned, outOfService } = object;
    const next = { cordoned, outOfService, ...change };
    if (next.cordoned === cordoned && next.outOfService === outOfService) return;
    marks.push({ atMs: kernel.now(), node, before: { cordoned, outOfService } });
    Object.assign(object, next);
    changed.emit({ node });
  };
  const set = (node: NodeName, change: Partial<Mark>) => operator(find(node).object.site, () => mark(node, change));
  /** What an operator wrote since the snapshot is undone, the newest first. */
  deps.etcd.restored.on(({ site, snapshotMs }) => {
    for (const { atMs, node, before } of marks.toReversed())
      if (atMs > snapshotMs && find(node).object.site === site) mark(node, before);
  });
  return {
    changed,
    tainted,
    get: (node) => find(node).object,
    list: (site) => (bySite.get(site) ?? []).map(({ object }) => object),
    cordon: (node, on) => set(node, { cordoned: on }),
    setOutOfService: (node, on) => set(node, { outOfService: on }),
  };
}

/** What operators write on a node. */
type Mark = Pick<NodeRecord, 'cordoned' | 'outOfService'>;

function fresh(site: Site, spec: NodeSpec): NodeRecord {
  return {
    spec,
    site: site.name,
    ready: 'True',
    cordoned: false,
    outOfService: false,
    noExecuteSinceMs: undefined,
    noExecuteKey: undefined,
  };
}
