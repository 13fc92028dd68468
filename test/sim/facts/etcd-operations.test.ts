/** What the field knows of etcd in the hands of operators, and on slow paths and disks, asked of whole worlds. */
import { describe, expect, it } from 'vitest';
import type { Component } from '../../../src/domain/action.ts';
import { app, cluster, field, mean, oneSite, overSeeds, servedBy } from './field.ts';

const topology = (controlPlanes: number) => oneSite(cluster(controlPlanes, 2), app('shop'), servedBy('shop'));
type Field = ReturnType<typeof field>;
const names = (f: Field) =>
  f.world.nodes.list('site').flatMap(({ spec }) => (spec.role === 'control-plane' ? [spec.name] : []));
const on = (node: string, component: Component = 'etcd') =>
  ({ on: 'component', component, site: 'site', node }) as const;
const leader = (f: Field) => f.world.etcd.leader('site')!;
const others = (f: Field) => names(f).filter((name) => name !== leader(f));
const slow = (f: Field, node: string, delayMs: number) =>
  f.act('link.slow', { on: 'node-link', site: 'site', node, direction: 'both' }, { delayMs, lossRatio: 0 });

describe('a path that becomes slow', () => {
  it('by less than an election time-out costs no leader, but each commit a round trip', async () => {
    const f = field(await topology(3));
    const old = leader(f);
    slow(f, old, 400);
    f.wait(30_000);
    expect(leader(f)).toBe(old);
    expect(f.world.etcd.answer(old).commitMs).toBeGreaterThan(800);
    expect(f.world.etcd.answer(others(f)[0]!).commitMs).toBeGreaterThan(1_600);
  });

  it('by more leaves the followers without a heartbeat for that long: they elect another, and commits are fast again', async () => {
    const f = field(await topology(3));
    const old = leader(f);
    slow(f, old, 3_000);
    expect(f.until(() => leader(f) !== old && leader(f) !== undefined, 10_000)).toBeLessThan(2_500);
    f.wait(30_000);
    expect(leader(f)).not.toBe(old);
    expect(f.world.etcd.answer(leader(f)).commitMs).toBeLessThan(5);
    expect(f.world.etcd.status(old)?.role).toBe('follower');
  });

  it('everywhere, with a round trip beyond the longest election time-out, leaves no leader possible', async () => {
    const f = field(await topology(3));
    for (const name of names(f)) slow(f, name, 1_200);
    f.wait(60_000);
    expect(leader(f)).toBeUndefined();
    expect(f.world.controlPlane.write('site').okRatio).toBe(0);
  });

  it('of one follower disturbs nobody', async () => {
    const f = field(await topology(3));
    const [old, term] = [leader(f), f.world.etcd.term('site')];
    slow(f, others(f)[0]!, 3_000);
    f.wait(60_000);
    expect([leader(f), f.world.etcd.term('site')]).toEqual([old, term]);
    expect(f.world.etcd.answer(old).commitMs).toBeLessThan(5);
  });
});

describe('an etcd that answers, but late', () => {
  it('takes an API server out of the load balancer once a read needs more than the 2 s of its check', async () => {
    const f = field(await topology(3));
    const follower = others(f)[0]!;
    f.act('disk.stall', on(follower), { fsyncMs: 2_500 });
    f.wait(20_000);
    expect(f.world.controlPlane.serverReady(follower)).toBe(false);
    expect(f.world.controlPlane.inRotation(follower)).toBe(false);
    expect(f.world.controlPlane.write('site').latencyMs).toBeLessThan(20);
    f.act('disk.restore', on(follower));
    f.wait(10_000);
    expect(f.world.controlPlane.inRotation(follower)).toBe(true);
  });

  it('costs a controller-manager its lease once a write needs more than the 5 s that a renewal may take', async () => {
    const acts = async (fsyncMs: number) => {
      const f = field(await topology(1));
      f.act('disk.stall', on(leader(f)), { fsyncMs });
      f.wait(60_000);
      return [f.world.controlPlane.write('site').okRatio, f.world.controlPlane.controllerManager('site') !== undefined];
    };
    expect(await acts(3_000)).toEqual([1, true]);
    expect(await acts(3_800)).toEqual([1, false]);
  });
});

describe('flags of etcd in a kubeadm patch', () => {
  const tuned = (heartbeat: string, election: string, list = false) => {
    const flags = list
      ? `\n          - { name: heartbeat-interval, value: '${heartbeat}' }\n          - { name: election-timeout, value: '${election}' }`
      : ` { heartbeat-interval: '${heartbeat}', election-timeout: '${election}' }`;
    const patch = `kubeadmConfigPatches:\n- |\n  kind: ClusterConfiguration\n  etcd:\n    local:\n      extraArgs:${flags}\n`;
    return oneSite(cluster(3, 2) + patch, app('shop'), servedBy('shop'));
  };

  it('lengthen elections in proportion, hold slow paths out, and are not named as unknown', async () => {
    for (const list of [false, true]) {
      const shape = await tuned('500', '5000', list);
      expect(shape.notModelled).toEqual([]);
      const after = overSeeds(30, (seed) => {
        const f = field(shape, seed, 20_000 + 137 * Number.parseInt(seed, 16));
        const old = leader(f);
        f.act('process.hold', on(old));
        return f.until(() => leader(f) !== undefined && leader(f) !== old, 60_000) / 1_000;
      });
      expect(Math.abs(mean(after) - 5 * 1.2)).toBeLessThan(0.6);
      const f = field(shape);
      const old = leader(f);
      slow(f, old, 1_200);
      f.wait(60_000);
      expect(leader(f)).toBe(old);
    }
  });

  it('that etcd would not start with are refused where they stand', async () => {
    await expect(tuned('500', '2000')).rejects.toThrow(
      /election-timeout from 5 heartbeats \(2500 ms\) to 50000 ms, got 2000/,
    );
    await expect(tuned('fast', '1000')).rejects.toThrow(/heartbeat-interval in whole ms, got `fast`/);
  });
});

describe('membership', () => {
  it('a leader that is removed hands over to nobody: it ends after 1 s, and an election time-out follows', async () => {
    const shape = await topology(3);
    const after = overSeeds(30, (seed) => {
      const f = field(shape, seed, 20_000 + 37 * Number.parseInt(seed, 16));
      const old = leader(f);
      f.act('etcd.remove', on(old));
      expect(f.world.etcd.answer(others(f)[0]!).writes).not.toBe('ok');
      return f.until(() => leader(f) !== undefined && leader(f) !== old, 20_000) / 1_000;
    });
    expect(Math.abs(mean(after) - 2.2)).toBeLessThan(0.15);
  });

  it('a leader is replaced like any other: adding it as a learner waits for the next leader', async () => {
    const f = field(await topology(3));
    const old = leader(f);
    f.act('etcd.remove', on(old));
    f.wait(50);
    f.act('etcd.add-learner', on(old));
    expect(f.until(() => f.world.etcd.whole('site'), 30_000)).toBeLessThan(15_000);
    expect(f.world.etcd.members('site').length).toBe(3);
  });

  it('with one of three dead a healthy one may not be removed, the dead one may', async () => {
    const f = field(await topology(3));
    const [dead, healthy] = others(f);
    f.act('process.hold', on(dead!));
    f.wait(10_000);
    f.act('etcd.remove', on(healthy!));
    expect(f.world.etcd.members('site')).toContain(healthy);
    f.act('etcd.remove', on(dead!));
    expect(f.world.etcd.members('site')).not.toContain(dead);
  });

  it('nobody is added, not even a learner, while a voter is dead, nor in the 5 s after it is back', async () => {
    const f = field(await topology(5));
    const [dead, spare] = others(f);
    f.act('etcd.remove', on(spare!));
    f.wait(10_000);
    f.act('process.hold', on(dead!));
    f.wait(10_000);
    const added = () => {
      f.act('etcd.add-learner', on(spare!));
      return f.world.etcd.members('site').includes(spare!);
    };
    expect(added()).toBe(false);
    f.act('process.release', on(dead!));
    f.until(() => f.world.etcd.answer(dead!).writes === 'ok', 30_000);
    expect(added()).toBe(false);
    f.wait(5_000);
    expect(added()).toBe(true);
  });

  it('two of five that lost their data are rebuilt one after the other: both dead ones out first', async () => {
    const f = field(await topology(5));
    const lost = others(f).slice(0, 2);
    for (const node of lost) f.act('etcd.wipe', on(node));
    f.wait(20_000);
    for (const node of lost) f.act('etcd.rebuild', on(node));
    expect(f.until(() => f.world.etcd.whole('site'), 120_000)).toBeLessThan(30_000);
    expect(f.world.etcd.members('site').length).toBe(5);
  });
});

describe('a restore from a snapshot', () => {
  const site = { on: 'site', site: 'site' } as const;
  const shop = { on: 'workload', site: 'site', workload: 'shop' } as const;
  const restored = async (meanwhile: (f: Field) => void) => {
    const f = field(await topology(3));
    f.act('etcd.snapshot', site);
    f.wait(5_000);
    meanwhile(f);
    f.wait(60_000);
    f.act('etcd.restore', site);
    f.until(() => f.world.etcd.whole('site'), 60_000);
    return f;
  };

  it('takes back a release with its ReplicaSet and all its pods: none of them is ever made again', async () => {
    const f = await restored((world) => world.act('workload.release', shop, { image: 'shop:2' }));
    const seen = new Set<string>();
    f.world.workloads.podChanged.on((pod) => {
      if (!pod.name.startsWith('shop-1-') && pod.deletedMs === undefined) seen.add(pod.name);
    });
    expect(f.until(() => f.ready('shop') === 3, 120_000)).toBeLessThan(60_000);
    f.wait(60_000);
    expect(f.world.workloads.status('site', 'shop')).toMatchObject({
      revision: 1,
      updated: 3,
      total: 3,
      rolledOut: true,
    });
    expect([...seen].filter((name) => f.world.workloads.find(name, 'site') !== undefined)).toEqual([]);
    expect(f.pods('shop').every(({ name, truth }) => name.startsWith('shop-1-') && truth === 'serving')).toBe(true);
  });

  it('takes back what was written on nodes: cordons and out-of-service taints of later are gone, those of before stay', async () => {
    const f = await restored((world) => {
      world.node('site-worker', 'node.cordon');
      world.node('site-worker2', 'node.out-of-service');
    });
    expect(f.world.nodes.get('site-worker').cordoned).toBe(false);
    expect(f.world.nodes.get('site-worker2').outOfService).toBe(false);
    f.wait(30_000);
    f.node('site-worker', 'node.cordon');
    f.wait(1_000);
    f.act('etcd.snapshot', site);
    f.wait(1_000);
    f.node('site-worker', 'node.uncordon');
    f.wait(1_000);
    f.act('etcd.restore', site);
    f.until(() => f.world.etcd.whole('site'), 60_000);
    expect(f.world.nodes.get('site-worker').cordoned).toBe(true);
  });
});
