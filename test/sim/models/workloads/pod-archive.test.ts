import { describe, expect, it } from 'vitest';
import { workloadOf, workloadWorld } from './world.ts';

describe('an etcd restore', () => {
  it('forgets pods and sizes that are younger than the snapshot, and the kubelets follow', () => {
    const world = workloadWorld([workloadOf('orders')]);
    world.deployed();
    const old = world.pods('orders').map(({ name }) => name);
    const snapshotMs = world.kernel.now();
    world.runFor(10_000);
    world.workloads.scale('east', 'orders', 6);
    world.runFor(30_000);
    expect(world.ready('orders')).toBe(6);
    world.workloads.forgetSince('east', snapshotMs);
    expect(world.status('orders').wanted).toBe(3);
    expect(world.waitFor(() => world.whole('orders'), 60_000)).toBeDefined();
    expect(world.pods('orders').map(({ name }) => name)).toEqual(old);
  });

  it('brings deleted pods back as objects, which run again or are given up', () => {
    const world = workloadWorld([workloadOf('db', { kind: 'StatefulSet' }), workloadOf('orders')]);
    world.deployed();
    const snapshotMs = world.kernel.now();
    world.runFor(1_000);
    for (const pod of [...world.pods('db'), ...world.pods('orders')]) world.workloads.delete(pod);
    world.runFor(60_000);
    world.workloads.release('east', 'orders', 'orders:2', 'good');
    world.runFor(60_000);
    world.workloads.forgetSince('east', snapshotMs);
    world.runFor(120_000);
    expect(world.allWhole()).toBe(true);
    expect(world.workloads.spec('east', 'orders').template.image).toBe('orders:1');
    expect(world.live('orders').every((pod) => pod.truth === 'serving')).toBe(true);
    expect(
      world
        .live('db')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['db-0', 'db-1', 'db-2']);
  });

  it('brings a pod back without what held its containers down, which went with them', () => {
    const world = workloadWorld([workloadOf('db', { kind: 'StatefulSet' })]);
    world.deployed();
    const snapshotMs = world.kernel.now();
    const [held] = world.pods('db');
    world.workloads.hold(held!, true);
    world.runFor(1_000);
    world.workloads.scale('east', 'db', 0);
    world.runFor(60_000);
    expect(world.pods('db')).toEqual([]);
    world.workloads.hold(held!, false);
    world.workloads.forgetSince('east', snapshotMs);
    expect(world.waitFor(() => world.whole('db'), 60_000)).toBeDefined();
  });

  it('follows a real restore of etcd', () => {
    const world = workloadWorld([workloadOf('orders')], { controlPlanes: 3 });
    world.deployed();
    world.etcd.snapshot('east');
    world.runFor(5_000);
    world.workloads.scale('east', 'orders', 5);
    world.runFor(60_000);
    world.etcd.restore('east');
    expect(world.waitFor(() => world.status('orders').wanted === 3, 300_000)).toBeDefined();
    expect(world.waitFor(() => world.whole('orders'), 300_000)).toBeDefined();
  });
});
