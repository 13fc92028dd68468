import { describe, expect, test } from 'vitest';
import { siteOf, worldOf } from './control-plane/world.ts';

const sites = [siteOf('east', 3), siteOf('west', 3)];
const [a, b, c] = ['east-control-plane', 'east-control-plane2', 'west-control-plane'].map((node) => ({ node })) as [
  { node: string },
  { node: string },
  { node: string },
];
const outside = { outside: true } as const;
const network = () => worldOf(1, sites).network;

describe('a whole network', () => {
  test('takes 0.2 ms inside a site and the link more between sites', () => {
    const net = network();
    expect(net.delayMs(a, b)).toBeCloseTo(0.2);
    expect(net.delayMs(a, c)).toBeCloseTo(20.2);
    expect(net.siteDelayMs('east', 'west')).toBeCloseTo(20.2);
    expect(net.lossRatio(a, c)).toBe(0);
    expect(net.connects(a, outside) && net.connects(a, c) && net.connects(a, b)).toBe(true);
  });
});

describe('a link', () => {
  test('that is cut one way stops only what the first site sends', () => {
    const net = network();
    net.cutLink('east', 'west', 'one-way');
    expect([net.passes(a, c), net.passes(c, a)]).toEqual([false, true]);
    expect([net.sitePasses('east', 'west'), net.sitePasses('west', 'east')]).toEqual([false, true]);
    expect(net.connects(a, c)).toBe(false);
    expect(net.connects(a, b)).toBe(true);
    net.restoreLink('east', 'west', 'both');
    expect(net.connects(a, c)).toBe(true);
  });

  test('that is slow adds its delay and loss to what it has', () => {
    const net = network();
    net.slowLink('east', 'west', 'one-way', 100, 0.1);
    expect([net.delayMs(a, c), net.delayMs(c, a)]).toEqual([120.2, 20.2]);
    expect(net.lossRatio(a, c)).toBeCloseTo(0.1);
    net.restoreLink('east', 'west', 'one-way');
    expect(net.delayMs(a, c)).toBeCloseTo(20.2);
  });
});

describe('a node', () => {
  test('that is cut from one peer still reaches the others', () => {
    const net = network();
    net.cutNode(a.node, b.node, 'both');
    expect([net.connects(a, b), net.connects(a, c), net.connects(b, c)]).toEqual([false, true, true]);
  });

  test('that is cut from everything reaches itself alone', () => {
    const net = network();
    net.cutNode(a.node, undefined, 'both');
    expect([a, b, c, outside, { site: 'east' }].map((to) => net.connects(a, to))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    net.restoreNode(a.node, undefined, 'both');
    expect(net.connects(a, c)).toBe(true);
  });

  test('sums the delays and multiplies the losses on its way', () => {
    const net = network();
    net.slowNode(a.node, undefined, 'one-way', 10, 0.5);
    net.slowLink('east', 'west', 'both', 5, 0.5);
    expect(net.delayMs(a, c)).toBeCloseTo(35.2);
    expect(net.delayMs(c, a)).toBeCloseTo(25.2);
    expect(net.lossRatio(a, c)).toBeCloseTo(0.75);
  });

  test('gets back by a restore exactly the path that it names', () => {
    const net = network();
    net.cutNode(a.node, b.node, 'both');
    net.cutNode(a.node, undefined, 'both');
    net.restoreNode(a.node, undefined, 'both');
    expect([net.connects(a, b), net.connects(a, c)]).toEqual([false, true]);
  });
});

describe('a site', () => {
  test('that is cut off reaches neither customers nor the other site, but itself', () => {
    const net = network();
    net.cutSite('west');
    expect([net.reachable('west'), net.reachable('east')]).toEqual([false, true]);
    expect([net.sitePasses('east', 'west'), net.sitePasses('west', 'east')]).toEqual([false, false]);
    expect([net.connects(c, outside), net.connects(a, outside)]).toEqual([false, true]);
    expect(net.connects(c, { node: 'west-worker' }) && net.connects(c, { site: 'west' })).toBe(true);
    net.restoreSite('west');
    expect(net.reachable('west') && net.connects(a, c)).toBe(true);
  });
});

test('every change is told, and unknown nodes are refused', () => {
  const net = network();
  let told = 0;
  net.changed.on(() => told++);
  net.cutNode(a.node, undefined, 'both');
  net.restoreNode(a.node, undefined, 'both');
  expect(told).toBe(2);
  expect(() => net.cutNode('nowhere', undefined, 'both')).toThrow(RangeError);
  expect(() => net.passes({ node: 'nowhere' }, a)).toThrow(RangeError);
});
