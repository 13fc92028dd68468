/** Verbs on real clusters: each is done, seen by other eyes than its own, undone by a performer that knows only the action, and seen whole again. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Action, ActionOutcome, ResolvedTarget, Verb } from '../../../src/domain/action.ts';
import type { BetweenVerbs } from '../../../src/platform/kind/between-verbs.ts';
import { machineOf } from '../../../src/platform/kind/ground.ts';
import { createPerformer } from '../../../src/platform/kind/perform/performer.ts';
import type { KindWorld } from '../../../src/platform/kind/world.ts';
import { attachedPair, pairFolder } from './attached-pair.ts';

/** What lies between the sites has tests of its own; the link's delay is as it was. */
const between = {
  restoreLink: async () => {},
  linkState: async () => ({ delayMs: 20, delayMsWhole: 20 }),
} as unknown as BetweenVerbs;

const namespace = 'order-desk';
let world: KindWorld;
let count = 0;

async function issue(action: Omit<Action, 'id'> & { id?: string }): Promise<ActionOutcome & { action: Action }> {
  const performer = createPerformer(world, between);
  const whole = { id: `e2e-${Date.now()}#1.${count++}`, ...action };
  const outcome = await new Promise<ActionOutcome>((resolve) => performer.issue(whole, resolve));
  performer.stop();
  return { ...outcome, action: whole };
}

const act = (verb: Verb, target: ResolvedTarget, args: Action['args'] = {}) =>
  issue({ verb, target, args, dud: false });

/** A performer of its own, as after a crash. */
const undo = ({ action }: { readonly action: Action }, verb: Verb) =>
  issue({ id: `${action.id}~`, verb, target: action.target, args: {}, dud: false });

const inNode = async (node: string, script: string) =>
  (await world.engine.exec(machineOf(world.ground, node)!.container, ['bash', '-c', script])).stdout.trim();

/** Id and start of a program's process, by another way than the verb's own. */
const processOf = (node: string, program: string) => inNode(node, `ps -o pid=,lstart= -p "$(pidof ${program})"`);

async function eventually(what: () => Promise<boolean>, limitMs = 240_000): Promise<void> {
  const untilMs = Date.now() + limitMs;
  while (!(await what().catch(() => false))) {
    if (Date.now() > untilMs) throw new Error(`not so after ${limitMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const component = (name: 'etcd' | 'kube-scheduler' | 'kubelet', node: string): ResolvedTarget => ({
  on: 'component',
  component: name,
  site: 'east',
  node,
});

async function podsOf(workload: string) {
  const { items } = await world.kube('east').core.listNamespacedPod({ namespace, labelSelector: `app=${workload}` });
  return items.filter(
    ({ metadata, status }) =>
      metadata?.deletionTimestamp === undefined && status?.containerStatuses?.[0]?.ready === true,
  );
}

const nodeReady = async (node: string) => {
  const { container } = machineOf(world.ground, node)!;
  const { status } = await world.kube('east').core.readNode({ name: container });
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status;
};

beforeAll(async () => {
  if (pairFolder !== undefined) world = await attachedPair(pairFolder);
});
afterAll(async () => {
  if (world === undefined) return;
  // Nothing of ours is left in any kernel.
  for (const { machines } of world.ground.sites)
    for (const { node } of machines) expect(await inNode(node, 'iptables -t mangle -S | grep EP- || true')).toBe('');
});

describe.skipIf(pairFolder === undefined)('processes', () => {
  test('deleting the pod of a static component is a lie: the same process goes on', async () => {
    const before = await processOf('east-control-plane3', 'kube-scheduler');
    const { container } = machineOf(world.ground, 'east-control-plane3')!;
    const mirror = { name: `kube-scheduler-${container}`, namespace: 'kube-system', gracePeriodSeconds: 0 };
    await world.kube('east').core.deleteNamespacedPod(mirror);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await processOf('east-control-plane3', 'kube-scheduler')).toBe(before);
  });

  test('a kill is not: the process is gone, and its supervisor starts another', async () => {
    const before = await processOf('east-control-plane3', 'kube-scheduler');
    const outcome = await act('process.kill', component('kube-scheduler', 'east-control-plane3'));
    expect(outcome).toMatchObject({ landed: true, proof: expect.stringContaining(before.split(' ')[0]!) });
    await eventually(async () => {
      const now = await processOf('east-control-plane3', 'kube-scheduler');
      return now !== '' && now !== before;
    });
  });

  test('a dud touches nothing and is not proven', async () => {
    const before = await processOf('east-control-plane2', 'etcd');
    const target = component('etcd', 'east-control-plane2');
    expect(await issue({ verb: 'process.kill', target, args: {}, dud: true })).toMatchObject({ landed: false });
    expect(await processOf('east-control-plane2', 'etcd')).toBe(before);
  });

  test('a kubelet that is held stays down until it is released', async () => {
    const held = await act('process.hold', component('kubelet', 'east-worker'));
    expect(held).toMatchObject({ landed: true });
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await inNode('east-worker', 'pidof kubelet || echo none')).toBe('none');
    expect(await undo(held, 'process.release')).toMatchObject({ landed: true });
    await eventually(async () => (await inNode('east-worker', 'pidof kubelet || echo none')) !== 'none');
    expect(await undo(held, 'process.release')).toMatchObject({ landed: true });
  });

  test('a frozen process stands still until it is resumed', async () => {
    const state = () => inNode('east-control-plane2', 'ps -o state= -p "$(pidof kube-scheduler)"');
    const paused = await act('process.pause', component('kube-scheduler', 'east-control-plane2'));
    expect([paused.landed, await state()]).toEqual([true, 'T']);
    await undo(paused, 'process.resume');
    expect(await state()).not.toBe('T');
  });

  test('a database that is killed comes back in its pod', async () => {
    const [pod] = await podsOf('postgres');
    const restarts = pod?.status?.containerStatuses?.[0]?.restartCount ?? 0;
    const killed = await act('process.kill', { on: 'database', site: 'east', workload: 'postgres' });
    expect(killed).toMatchObject({ landed: true });
    await eventually(async () => {
      const [now] = await podsOf('postgres');
      return (now?.status?.containerStatuses?.[0]?.restartCount ?? 0) > restarts;
    });
  });
});

describe.skipIf(pairFolder === undefined)('pods', () => {
  const gateway = async (): Promise<ResolvedTarget> => {
    await eventually(async () => (await podsOf('gateway')).length > 0);
    const [pod] = await podsOf('gateway');
    return { on: 'pod', site: 'east', workload: 'gateway', pod: pod?.metadata?.name ?? '' };
  };

  test('one that is killed is restarted in place', async () => {
    const target = await gateway();
    expect(await act('pod.kill', target)).toMatchObject({ landed: true });
    const name = target.on === 'pod' ? target.pod : '';
    await eventually(async () => {
      const { status } = await world.kube('east').core.readNamespacedPod({ name, namespace });
      return (status?.containerStatuses?.[0]?.restartCount ?? 0) > 0 && status?.containerStatuses?.[0]?.ready === true;
    });
  });

  test('one that hangs is thawed', async () => {
    const hung = await act('pod.hang', await gateway());
    expect(hung).toMatchObject({ landed: true });
    expect(await undo(hung, 'pod.unhang')).toMatchObject({ landed: true });
  });

  test('one that is slow is set back', async () => {
    const slow = await act('pod.slow', await gateway(), { factor: 3 });
    expect(slow).toMatchObject({ landed: true, proof: '3 × its service time' });
    expect(await undo(slow, 'pod.unslow')).toMatchObject({ landed: true, proof: 'its own service time' });
  });

  test('one that is deleted goes', async () => {
    expect(await act('pod.delete', await gateway())).toMatchObject({ landed: true });
  });

  test('one that is not there says so', async () => {
    const outcome = await act('pod.kill', { on: 'pod', site: 'east', workload: 'gateway', pod: 'gateway-none' });
    expect(outcome).toMatchObject({ landed: false, reason: expect.stringContaining('gateway-none') });
  });
});

describe.skipIf(pairFolder === undefined)('machines', () => {
  const worker: ResolvedTarget = { on: 'node', site: 'east', node: 'east-worker' };
  const state = () => world.engine.state(machineOf(world.ground, 'east-worker')!.container);

  test('one that is killed stays off until it is started', async () => {
    const killed = await act('node.kill', worker);
    expect([killed.landed, (await state())?.running]).toEqual([true, false]);
    expect(await undo(killed, 'node.start')).toMatchObject({ landed: true });
    await eventually(async () => (await nodeReady('east-worker')) === 'True');
  });

  test('one that is frozen answers nobody until it is resumed', async () => {
    const paused = await act('node.pause', worker);
    expect([paused.landed, (await state())?.paused]).toEqual([true, true]);
    await undo(paused, 'node.resume');
    expect((await state())?.paused).toBe(false);
  });

  test('one that is cordoned is made schedulable again', async () => {
    const { container: name } = machineOf(world.ground, 'east-worker')!;
    const unschedulable = async () => (await world.kube('east').core.readNode({ name })).spec?.unschedulable === true;
    const cordoned = await act('node.cordon', worker);
    expect([cordoned.landed, await unschedulable()]).toEqual([true, true]);
    await undo(cordoned, 'node.uncordon');
    expect(await unschedulable()).toBe(false);
  });
});

describe.skipIf(pairFolder === undefined)('links', () => {
  const answers = async (from: string, to: string) => {
    const { address } = machineOf(world.ground, to)!;
    return inNode(from, `timeout 1 bash -c ': <>/dev/tcp/${address}/10250' 2>/dev/null && echo yes || echo no`);
  };

  test.each<[string, ResolvedTarget]>([
    ['between the sites', { on: 'link', from: 'east', to: 'west', direction: 'both' }],
    ['of a site', { on: 'site', site: 'west' }],
  ])('%s lets nothing through until it is restored', async (_, target) => {
    const cut = await act('link.cut', target);
    expect(cut).toMatchObject({ landed: true });
    expect([await answers('east-worker', 'west-worker'), await answers('west-worker', 'east-worker')]).toEqual([
      'no',
      'no',
    ]);
    expect(await undo(cut, 'link.restore')).toMatchObject({ landed: true });
    expect(await answers('east-worker', 'west-worker')).toBe('yes');
  });

  test('of a node to one peer leaves the others alone', async () => {
    const target = {
      on: 'node-link',
      site: 'east',
      node: 'east-worker',
      peer: 'east-worker2',
      direction: 'both',
    } as const;
    const cut = await act('link.cut', target);
    expect([
      cut.landed,
      await answers('east-worker', 'east-worker2'),
      await answers('east-worker', 'east-control-plane'),
    ]).toEqual([true, 'no', 'yes']);
    await undo(cut, 'link.restore');
    expect(await answers('east-worker', 'east-worker2')).toBe('yes');
  });
});

describe.skipIf(pairFolder === undefined)('workloads', () => {
  const gateway: ResolvedTarget = { on: 'workload', site: 'east', workload: 'gateway' };
  const read = () => world.kube('east').apps.readNamespacedDeployment({ name: 'gateway', namespace });

  test('a bad release is taken back to the template before', async () => {
    const before = (await read()).spec?.template;
    const released = await act('workload.release', gateway, { image: 'nowhere:1', release: 'never-ready' });
    expect(released).toMatchObject({ landed: true });
    await undo(released, 'workload.unrelease');
    expect((await read()).spec?.template).toEqual(before);
  });

  test('a rollback goes to the revision before', async () => {
    const before = (await read()).spec?.template;
    await act('workload.release', gateway, { release: 'never-ready' });
    expect(await act('workload.rollback', gateway)).toMatchObject({ landed: true });
    expect((await read()).spec?.template).toEqual(before);
  });

  test('scaling is set back, bounds of the autoscaler included', async () => {
    const bounds = async () =>
      (await world.kube('east').autoscaling.readNamespacedHorizontalPodAutoscaler({ name: 'gateway', namespace })).spec
        ?.minReplicas;
    const before = await bounds();
    const scaled = await act('workload.scale', gateway, { replicas: 4 });
    expect([scaled.landed, await bounds()]).toEqual([true, 4]);
    await undo(scaled, 'workload.unscale');
    expect(await bounds()).toBe(before);
  });
});

describe.skipIf(pairFolder === undefined)('etcd', () => {
  test('a disk that is slow is fast again', async () => {
    const stalled = await act('disk.stall', component('etcd', 'east-control-plane3'), { fsyncMs: 2_000 });
    expect(stalled).toMatchObject({ landed: true });
    expect(await undo(stalled, 'disk.restore')).toMatchObject({ landed: true });
  });

  test('a member that lost its data gets it back from the others', async () => {
    expect(await act('etcd.snapshot', { on: 'site', site: 'east' })).toMatchObject({ landed: true });
    const wiped = await act('etcd.wipe', component('etcd', 'east-control-plane3'));
    expect(wiped).toMatchObject({ landed: true });
    expect(await inNode('east-control-plane3', 'ls /var/lib/etcd')).toBe('');
    expect(await undo(wiped, 'etcd.rebuild')).toMatchObject({ landed: true });
  });
});
