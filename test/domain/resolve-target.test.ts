import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import type { Pick, Target } from '../../src/domain/action.ts';
import { createFactFold, type FactName, type FactValue, type Subject } from '../../src/domain/fact.ts';
import { resolveTarget } from '../../src/domain/resolve-target.ts';
import type { NodeSpec, Topology } from '../../src/domain/topology.ts';

const node = (name: string, role: NodeSpec['role']): NodeSpec => {
  return { name, role, labels: {}, taints: [], cpuCores: 4, memoryMiB: 4096, podsMax: 110 };
};
const ground = {
  sites: [
    {
      name: 'east',
      nodes: [
        ...['cp1', 'cp2', 'cp3'].map((name) => node(name, 'control-plane')),
        ...['w1', 'w2'].map((name) => node(name, 'worker')),
      ],
      workloads: [{ name: 'orders' }],
    },
    { name: 'west', nodes: [node('only', 'control-plane')], workloads: [] },
  ],
  replication: [{ name: 'orders' }],
} as unknown as globalThis.Pick<Topology, 'sites' | 'replication'>;

const factsOf = (list: readonly (readonly [FactName, Subject, FactValue])[]) => {
  const facts = createFactFold();
  for (const [fact, subject, value] of list) facts.take({ fact, subject, value, atMs: 0 }, 0);
  return facts;
};
const known = factsOf([
  ['etcd.leader', { site: 'east' }, 'cp2'],
  ['controller.leader', { site: 'east' }, 'cp3'],
  ['etcd.member', { site: 'east', node: 'cp1' }, null],
  ['node.ready', { site: 'east', node: 'w1' }, false],
  ['pod.ready', { site: 'east', workload: 'orders', pod: 'orders-1' }, true],
  ['pod.ready', { site: 'east', workload: 'orders', pod: 'orders-2' }, null],
  ['pod.ready', { site: 'east', workload: 'orders', pod: 'orders-3' }, true],
  ['pod.node', { site: 'east', workload: 'orders', pod: 'orders-1' }, 'w2'],
]);
const resolve = (target: Target, seed = '1') => {
  const resolution = resolveTarget(target, known, ground, createRandom(seed));
  if (resolution.targets === undefined) return resolution.problem;
  return resolution.targets.map((found) =>
    'node' in found ? found.node : 'pod' in found ? found.pod : JSON.stringify(found),
  );
};
const etcd = (member: Pick, site = 'east'): Target => ({ on: 'component', component: 'etcd', site, member });

describe('a target', () => {
  it('`leader` is what the leader facts of the component say', () => {
    expect(resolve(etcd('leader'))).toEqual(['cp2']);
    expect(resolve({ on: 'component', component: 'kube-controller-manager', site: 'east', member: 'leader' })).toEqual([
      'cp3',
    ]);
    expect(resolve({ on: 'component', component: 'kube-scheduler', site: 'east', member: 'leader' })).toBe(
      'No leader is known among the kube-scheduler of east',
    );
  });

  it('`others` are all but the leader, and `all` are all, dead or alive', () => {
    expect(resolve(etcd('others'))).toEqual(['cp1', 'cp3']);
    expect(resolve(etcd('all'))).toEqual(['cp1', 'cp2', 'cp3']);
  });

  it('`minority` leaves a quorum and `majority` breaks it, among those alive', () => {
    for (const seed of ['1', '2', '3', '4']) {
      expect(['cp2', 'cp3']).toContain(resolve(etcd('minority'), seed)[0]);
      expect(resolve(etcd('majority'), seed)).toEqual(['cp2', 'cp3']);
    }
    expect(resolve(etcd('majority', 'west'))).toEqual(['only']);
    expect(resolve(etcd('minority', 'west'))).toBe('1 of the etcd of west have no minority to spare');
  });

  it('`one` is drawn by the seed, the same for the same seed, and not always the same', () => {
    const draw = () => Array.from({ length: 40 }, (_, i) => resolve(etcd('one'), `${i}`));
    const drawn = draw();
    expect(draw()).toEqual(drawn);
    expect(new Set(drawn.map(String))).toEqual(new Set(['cp2', 'cp3']));
  });

  it('of a kubelet is any ready node; of a node with a role, only those', () => {
    expect(resolve({ on: 'component', component: 'kubelet', site: 'east', member: { count: 4 } })).toEqual([
      'cp1',
      'cp2',
      'cp3',
      'w2',
    ]);
    expect(resolve({ on: 'node', site: 'east', role: 'worker', member: 'one' })).toEqual(['w2']);
    expect(resolve({ on: 'node', site: 'east', role: 'worker', member: { count: 2 } })).toBe(
      'Expected 2 of the nodes of east to be alive, found 1',
    );
  });

  it('`hosting` is a node that holds a ready pod of the workload', () => {
    expect(resolve({ on: 'node', site: 'east', hosting: 'orders', member: 'one' })).toEqual(['w2']);
  });

  it('of pods is among the ready ones, by name among those that exist', () => {
    expect(resolve({ on: 'pod', site: 'east', workload: 'orders', member: 'all' })).toEqual(['orders-1', 'orders-3']);
    expect(resolve({ on: 'pod', site: 'east', workload: 'orders', member: { name: 'orders-2' } })).toContain(
      'There is no `orders-2`',
    );
  });

  it('that does not exist is told with what does', () => {
    expect(resolve(etcd('one', 'est'))).toBe('There is no site `est`. Known: east, west. Did you mean "east"?');
    expect(resolve({ on: 'pod', site: 'east', workload: 'order', member: 'one' })).toContain('Did you mean "orders"?');
    expect(resolve({ on: 'replication', name: 'order' })).toContain('Did you mean "orders"?');
    expect(resolve({ on: 'link', from: 'east', to: 'wst', direction: 'both' })).toContain('Did you mean "west"?');
    expect(resolve(etcd({ name: 'cp9' }))).toContain('cp1, cp2, cp3');
  });

  it('on a workload of all sites is one per site that has it', () => {
    expect(resolve({ on: 'workload', site: 'all', workload: 'orders' })).toEqual([
      JSON.stringify({ on: 'workload', site: 'east', workload: 'orders' }),
    ]);
  });
});
