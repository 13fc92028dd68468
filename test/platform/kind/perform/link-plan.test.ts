/** Which nodes drop which packets, for every kind of cut. */
import { describe, expect, test } from 'vitest';
import type { Ground, SiteGround } from '../../../../src/platform/kind/ground.ts';
import { knocksFor, planDrops } from '../../../../src/platform/kind/perform/link-plan.ts';

function site(name: string, third: number, workers: number, balancer: boolean): SiteGround {
  const node = (i: number, role: 'control-plane' | 'worker') => ({
    node: `${name}-${role}${i}`,
    site: name,
    role,
    container: `ep-1-${name}-${role}${i}`,
    address: `172.20.${third}.${10 + i}`,
  });
  const workersOf = Array.from({ length: workers }, (_, i) => node(i + 2, 'worker'));
  return {
    name,
    cluster: `ep-1-${name}`,
    kubeconfig: `${name}.kubeconfig`,
    machines: [node(1, 'control-plane'), ...workersOf],
    ...(balancer && { apiLoadBalancer: { container: `ep-1-${name}-lb`, address: `172.20.${third}.10` } }),
  };
}

const ground: Ground = {
  id: 'ep-1',
  folder: '/x',
  network: 'ep-1',
  subnet: '172.20.4.0/22',
  sites: [site('east', 4, 2, true), site('west', 5, 1, false)],
  link: { container: 'ep-1-link', address: '172.20.6.10' },
  globalLoadBalancer: { container: 'ep-1-global-lb', address: '172.20.6.11' },
};

const east = ['172.20.4.11', '172.20.4.12', '172.20.4.13', '172.20.4.10'];
const west = ['172.20.5.11', '172.20.5.12'];
const link = '172.20.6.10';
const nodesOf = (drops: ReturnType<typeof planDrops>) => drops.map(({ machine }) => machine.node);

describe('a cut of the link', () => {
  test('one way is made by the receiving site, which drops the sender and the proxy between them', () => {
    const drops = planDrops(ground, { on: 'link', from: 'east', to: 'west', direction: 'one-way' });
    expect(nodesOf(drops)).toEqual(['west-control-plane1', 'west-worker2']);
    expect(drops[0]).toMatchObject({ from: [...east, link], to: [] });
  });

  test('both ways is made by both sites', () => {
    const drops = planDrops(ground, { on: 'link', from: 'east', to: 'west', direction: 'both' });
    expect(nodesOf(drops)).toHaveLength(5);
    expect(drops.at(-1)).toMatchObject({ from: [...west, link], to: [] });
  });

  test('leaves customers alone', () => {
    const drops = planDrops(ground, { on: 'link', from: 'east', to: 'west', direction: 'both' });
    expect(drops.flatMap(({ from, to }) => [...from, ...to])).not.toContain('172.20.6.11');
  });
});

test('a site that is cut off drops the other site, the proxy and its customers, both ways', () => {
  const drops = planDrops(ground, { on: 'site', site: 'west' });
  const outside = [...east, link, '172.20.6.11'];
  expect(nodesOf(drops)).toEqual(['west-control-plane1', 'west-worker2']);
  for (const { from, to } of drops) expect([from, to]).toEqual([outside, outside]);
});

describe('a node that is cut off', () => {
  const target = { on: 'node-link', site: 'east', node: 'east-worker2' } as const;

  test('from a peer drops only that peer', () => {
    const [drop] = planDrops(ground, { ...target, peer: 'east-worker3', direction: 'both' });
    expect(drop).toMatchObject({ from: ['172.20.4.13'], to: ['172.20.4.13'] });
  });

  test('one way drops only what it sends', () => {
    const [drop] = planDrops(ground, { ...target, peer: 'east-worker3', direction: 'one-way' });
    expect(drop).toMatchObject({ from: [], to: ['172.20.4.13'] });
  });

  test('from everything still answers the machine that observes it', () => {
    const [drop] = planDrops(ground, { ...target, direction: 'both' });
    expect(drop).toMatchObject({ from: [], to: [], allBut: { address: '172.20.4.1', from: true, to: true } });
  });

  test('is not found when it does not exist', () => {
    expect(planDrops(ground, { ...target, node: 'east-worker9', direction: 'both' })).toEqual([]);
  });
});

describe('knocks', () => {
  test('give every rule something to drop', () => {
    const knocks = knocksFor(ground, planDrops(ground, { on: 'site', site: 'west' }));
    expect(knocks.map(({ by, at }) => [by.node, at])).toEqual([
      ['east-control-plane1', west],
      ['west-control-plane1', ['172.20.4.11']],
      ['west-worker2', ['172.20.4.11']],
    ]);
  });

  test('come from the node alone where only what it sends is dropped', () => {
    const target = { on: 'node-link', site: 'east', node: 'east-worker2', direction: 'one-way' } as const;
    expect(knocksFor(ground, planDrops(ground, target)).map(({ by }) => by.node)).toEqual(['east-worker2']);
  });
});
