/** Carries out verbs on a world: one small function per verb. Apart from the models, which know nothing of actions, and from proof, which must not be the actor's own word. */
import type { Action, ResolvedTarget, Verb } from '../domain/action.ts';
import type { Workload } from '../domain/topology.ts';
import type { NodeName, Pod, Power } from './model.ts';
import type { World } from './world.ts';

/** What was changed by an operator's action and must be set back: values before the first change of ours. */
export interface Before {
  readonly weights: Map<'weights', Readonly<Record<string, number>>>;
  /** By `site/workload`. */
  readonly replicas: Map<string, number>;
  /** What our releases made, and what there was before each, by the id of the action. */
  readonly released: Map<string, { readonly was: Release; readonly made: Release }>;
}

/** What a revision is made of. */
interface Release {
  readonly image: string;
  readonly quality: Workload['behaviour']['release'];
}

/** Nothing changed yet. */
export function createBefore(): Before {
  return { weights: new Map(), replicas: new Map(), released: new Map() };
}

type Of<K extends ResolvedTarget['on']> = Extract<ResolvedTarget, { on: K }>;
type Act = (world: World, action: Action, before: Before) => void;

/** Does the action now. A target that no longer exists is left alone: proof will not be found. Throws a RangeError for a verb on a kind of target that it does not take. */
export function perform(world: World, action: Action, before: Before): void {
  acts[action.verb](world, action, before);
}

/** The pod that a pod action or a database action is about, if it still exists. */
export function podOf(world: World, target: ResolvedTarget): Pod | undefined {
  if (target.on === 'pod') return world.workloads.find(target.pod, target.site);
  if (target.on === 'database') return world.workloads.pods(target.site, target.workload)[0];
  return undefined;
}

/** Every node that a node or site action is about. */
export function nodesOf(world: World, target: ResolvedTarget): readonly NodeName[] {
  if (target.on === 'node') return [target.node];
  if (target.on !== 'site') return [];
  const site = world.sites.find((candidate) => candidate.name === target.site);
  return site?.nodes.map((node) => node.name) ?? [];
}

function of<K extends ResolvedTarget['on']>(action: Action, on: K): Of<K> {
  if (action.target.on !== on)
    throw new RangeError(`Expected \`${action.verb}\` on a ${on}, got a ${action.target.on}`);
  return action.target as Of<K>;
}

const number = (action: Action, name: string, otherwise: number) => {
  const value = action.args[name];
  return typeof value === 'number' ? value : otherwise;
};
const text = (action: Action, name: string, otherwise: string) => {
  const value = action.args[name];
  return typeof value === 'string' ? value : otherwise;
};

/** The same process verb for a component of Kubernetes and for a database, whose process is the main process of its pod. */
const process = (
  onComponent: 'kill' | 'hold' | 'release' | 'pause' | 'resume',
  onPod: (world: World, pod: Pod) => void,
): Act => {
  return (world, action) => {
    if (action.target.on === 'component') {
      world.machines[onComponent](action.target.node, action.target.component);
      return;
    }
    const pod = podOf(world, of(action, 'database'));
    if (pod !== undefined) onPod(world, pod);
  };
};

const onPod =
  (act: (world: World, pod: Pod, action: Action) => void): Act =>
  (world, action) => {
    const pod = podOf(world, of(action, 'pod'));
    if (pod !== undefined) act(world, pod, action);
  };

const power =
  (state: Power): Act =>
  (world, action) => {
    for (const node of nodesOf(world, action.target)) world.machines.setPower(node, state);
  };

const onNode =
  (act: (world: World, node: NodeName) => void): Act =>
  (world, action) =>
    act(world, of(action, 'node').node);

const link =
  (how: 'cut' | 'slow' | 'restore'): Act =>
  ({ network }, action) => {
    const { target } = action;
    const delayMs = number(action, 'delayMs', 0);
    const lossRatio = number(action, 'lossRatio', 0);
    if (target.on === 'site') {
      if (how === 'cut') network.cutSite(target.site);
      else network.restoreSite(target.site);
    } else if (target.on === 'node-link') {
      const { node, peer, direction } = target;
      if (how === 'cut') network.cutNode(node, peer, direction);
      else if (how === 'slow') network.slowNode(node, peer, direction, delayMs, lossRatio);
      else network.restoreNode(node, peer, direction);
    } else {
      const { from, to, direction } = of(action, 'link');
      if (how === 'cut') network.cutLink(from, to, direction);
      else if (how === 'slow') network.slowLink(from, to, direction, delayMs, lossRatio);
      else network.restoreLink(from, to, direction);
    }
  };

const scale: Act = (world, action, before) => {
  const { site, workload } = of(action, 'workload');
  const key = `${site}/${workload}`;
  const wanted = world.workloads.status(site, workload).wanted;
  if (!before.replicas.has(key)) before.replicas.set(key, wanted);
  setReplicas(world, site, workload, number(action, 'replicas', wanted));
};

const unscale: Act = (world, action, before) => {
  const { site, workload } = of(action, 'workload');
  const replicas = before.replicas.get(`${site}/${workload}`);
  if (replicas === undefined) return;
  before.replicas.delete(`${site}/${workload}`);
  const autoscaler = world.sites.find((s) => s.name === site)?.autoscalers.find((a) => a.workload === workload);
  if (autoscaler === undefined) world.workloads.scale(site, workload, replicas);
  else world.autoscaler.setReplicasMin(site, workload, autoscaler.replicasMin);
};

function setReplicas(world: World, site: string, workload: string, replicas: number): void {
  const autoscaled = world.sites.find((s) => s.name === site)?.autoscalers.some((a) => a.workload === workload);
  if (autoscaled) world.autoscaler.setReplicasMin(site, workload, replicas);
  world.workloads.scale(site, workload, replicas);
}

const release: Act = (world, action, before) => {
  const { site, workload } = of(action, 'workload');
  const made = { image: text(action, 'image', `${workload}:next`), quality: quality(action) };
  before.released.set(action.id, { was: releaseOf(world, site, workload), made });
  world.workloads.release(site, workload, made.image, made.quality);
};

/** Only what this very release made is taken back: somebody may have rolled back, or released something better, meanwhile. */
const unrelease: Act = (world, action, before) => {
  const { site, workload } = of(action, 'workload');
  const id = action.id.replace(/~$/, '');
  const ours = before.released.get(id);
  before.released.delete(id);
  if (ours === undefined) return;
  const now = releaseOf(world, site, workload);
  if (now.image === ours.made.image && now.quality === ours.made.quality)
    world.workloads.release(site, workload, ours.was.image, ours.was.quality);
};

function releaseOf(world: World, site: string, workload: string): Release {
  const { template, behaviour } = world.workloads.spec(site, workload);
  return { image: template.image, quality: behaviour.release };
}

const shift: Act = (world, action, before) => {
  const weights = action.args.weights;
  if (typeof weights !== 'object') return;
  if (!before.weights.has('weights')) before.weights.set('weights', world.routing.weights());
  world.routing.setWeights(weights);
};

const unshift: Act = (world, _action, before) => {
  const weights = before.weights.get('weights');
  if (weights === undefined) return;
  before.weights.delete('weights');
  world.routing.setWeights(weights);
};

const quality = (action: Action): Release['quality'] => {
  const value = text(action, 'release', 'good');
  return value === 'never-ready' || value === 'crash' || value === 'errors' ? value : 'good';
};

/** An operator with a runbook: what the cluster refuses for now (another member is dead or catches up, too) is tried again. */
function rebuild(world: World, { site, node }: Of<'component'>): void {
  const { etcd } = world;
  if (etcd.status(node) !== undefined) return;
  if (etcd.hasQuorum(site)) replace(world, site, node, world.kernel.now() + replaceMs.max);
  else etcd.restore(site);
}

/** ms between two tries to replace a member of etcd, and until the operator gives up; as kubeadm when it joins. */
const replaceMs = { every: 500, max: 120_000 };

function replace(world: World, site: string, node: NodeName, untilMs: number): void {
  const { etcd, kernel } = world;
  if (etcd.status(node) !== undefined) return;
  const out = !etcd.members(site).includes(node) || etcd.remove(node);
  if (out && etcd.addLearner(node)) return;
  if (kernel.now() < untilMs) kernel.after(replaceMs.every, () => replace(world, site, node, untilMs));
}

/** ms, etcdctl `--command-timeout`: so long a command waits for etcd to have a leader. */
const commandMs = { try: 100, max: 5_000 };

/** Does it as soon as etcd has a quorum. */
function once(world: World, action: Action, act: () => void): void {
  const { site } = of(action, 'component');
  const untilMs = world.kernel.now() + commandMs.max;
  const attempt = () => {
    if (world.etcd.hasQuorum(site)) act();
    else if (world.kernel.now() < untilMs) world.kernel.after(commandMs.try, attempt);
  };
  attempt();
}

/** Of a member of etcd; what is no etcd has neither members nor a disk of its own. */
const onMember =
  (act: (world: World, node: NodeName, action: Action) => void): Act =>
  (world, action) => {
    const { component, node } = of(action, 'component');
    if (component === 'etcd') act(world, node, action);
  };

const acts: Readonly<Record<Verb, Act>> = {
  'process.kill': process('kill', (world, pod) => world.workloads.killMain(pod)),
  'process.hold': process('hold', (world, pod) => world.workloads.hold(pod, true)),
  'process.release': process('release', (world, pod) => world.workloads.hold(pod, false)),
  'process.pause': process('pause', (world, pod) => world.workloads.hang(pod, true)),
  'process.resume': process('resume', (world, pod) => world.workloads.hang(pod, false)),
  'pod.kill': onPod((world, pod) => world.workloads.killMain(pod)),
  'pod.delete': onPod((world, pod) => world.workloads.delete(pod)),
  'pod.hang': onPod((world, pod) => world.workloads.hang(pod, true)),
  'pod.unhang': onPod((world, pod) => world.workloads.hang(pod, false)),
  'pod.slow': onPod((world, pod, action) => world.workloads.slow(pod, number(action, 'factor', 1))),
  'pod.unslow': onPod((world, pod) => world.workloads.slow(pod, 1)),
  'node.kill': power('off'),
  'node.start': power('on'),
  'node.pause': power('frozen'),
  'node.resume': power('on'),
  'node.cordon': onNode((world, node) => world.nodes.cordon(node, true)),
  'node.uncordon': onNode((world, node) => world.nodes.cordon(node, false)),
  'node.drain': onNode((world, node) => world.workloads.drain(node)),
  'node.out-of-service': onNode((world, node) => world.nodes.setOutOfService(node, true)),
  'node.in-service': onNode((world, node) => world.nodes.setOutOfService(node, false)),
  'link.cut': link('cut'),
  'link.slow': link('slow'),
  'link.restore': link('restore'),
  'disk.stall': onMember((world, node, action) => world.etcd.stallDisk(node, number(action, 'fsyncMs', 10_000))),
  'disk.restore': onMember((world, node) => world.etcd.restoreDisk(node)),
  'etcd.snapshot': (world, action) => void world.etcd.snapshot(of(action, 'site').site),
  'etcd.wipe': onMember((world, node) => world.etcd.wipe(node)),
  'etcd.restore': (world, action) => void world.etcd.restore(of(action, 'site').site),
  'etcd.rebuild': onMember((world, _node, action) => rebuild(world, of(action, 'component'))),
  'etcd.remove': onMember((world, node, action) => once(world, action, () => void world.etcd.remove(node))),
  'etcd.add-learner': onMember((world, node, action) => once(world, action, () => void world.etcd.addLearner(node))),
  'workload.release': release,
  'workload.unrelease': unrelease,
  'workload.rollback': (world, action) => {
    const { site, workload } = of(action, 'workload');
    world.workloads.rollback(site, workload);
  },
  'workload.scale': scale,
  'workload.unscale': unscale,
  'traffic.shift': shift,
  'traffic.restore': unshift,
  'database.promote': (world, action) => {
    const { site, workload } = of(action, 'database');
    const promotion = world.replication.promote(site, workload);
    if (promotion !== undefined) world.promoted.emit(promotion);
  },
  'database.fence': (world, action) => {
    const { site, workload } = of(action, 'database');
    world.replication.fence(site, workload, true);
  },
  'database.unfence': (world, action) => {
    const { site, workload } = of(action, 'database');
    world.replication.fence(site, workload, false);
  },
  'replication.stall': (world, action) => world.replication.stall(of(action, 'replication').name, true),
  'replication.resume': (world, action) => world.replication.stall(of(action, 'replication').name, false),
  'replication.sync': (world, action) => world.replication.syncNow(of(action, 'replication').name),
};
