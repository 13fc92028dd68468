/** What the field knows of etcd and control planes that fail, asked of whole worlds. */
import { describe, expect, it } from 'vitest';
import type { Component } from '../../../src/domain/action.ts';
import { app, bears, cluster, field, mean, oneSite, overSeeds, servedBy } from './field.ts';

const topology = (controlPlanes: number, minor = 34) =>
  oneSite(cluster(controlPlanes, 2, { minor }), app('shop', { pod: bears(5) }), servedBy('shop'));

type Field = ReturnType<typeof field>;
const names = (f: Field) =>
  f.world.nodes.list('site').flatMap(({ spec }) => (spec.role === 'control-plane' ? [spec.name] : []));
const on = (node: string, component: Component) => ({ on: 'component', component, site: 'site', node }) as const;
const hold = (f: Field, component: Component, nodes: readonly string[]) => {
  for (const node of nodes) f.act('process.hold', on(node, component));
};
const release = (f: Field, component: Component, nodes: readonly string[]) => {
  for (const node of nodes) f.act('process.release', on(node, component));
};

describe('members of etcd', () => {
  it.each([
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 1],
    [5, 2],
  ])('%i of them tolerate the loss of %i', async (members, tolerated) => {
    const f = field(await topology(members));
    for (let lost = 1; lost <= tolerated + 1; lost++) {
      hold(f, 'etcd', [names(f)[lost - 1]!]);
      f.wait(20_000);
      expect(f.world.etcd.hasQuorum('site')).toBe(lost <= tolerated);
    }
  });

  it.each([
    [3, 1.18, 1.63],
    [5, 1.05, 1.38],
  ])('a leader of %i that is killed has a successor after %f s on average', async (members, seconds, p95) => {
    const shape = await topology(members);
    const after = overSeeds(60, (seed) => {
      const f = field(shape, seed, 20_000 + 37 * Number.parseInt(seed, 16));
      const old = f.world.etcd.leader('site')!;
      hold(f, 'etcd', [old]);
      return (
        f.until(() => f.world.etcd.leader('site') !== undefined && f.world.etcd.leader('site') !== old, 20_000) / 1_000
      );
    });
    expect(Math.abs(mean(after) - seconds)).toBeLessThan(0.15);
    const sorted = [...after].sort((a, b) => a - b);
    expect(Math.abs(sorted[Math.floor(0.95 * sorted.length)]! - p95)).toBeLessThan(0.35);
  });

  it('a leader cut off from its followers steps down within 2 s, and the majority goes on', async () => {
    const f = field(await topology(3));
    const old = f.world.etcd.leader('site')!;
    f.act('link.cut', { on: 'node-link', site: 'site', node: old, direction: 'both' });
    f.wait(5_000);
    expect(f.world.etcd.status(old)?.role).not.toBe('leader');
    expect(f.world.etcd.leader('site')).not.toBe(old);
    expect(f.world.etcd.answer(old)).toMatchObject({ writes: 'hangs', staleReads: true });
  });

  it('a follower that hears nobody but is heard does not depose the leader: pre-vote and the lease of the others', async () => {
    const f = field(await topology(3));
    const leader = f.world.etcd.leader('site')!;
    const term = f.world.etcd.term('site');
    const follower = names(f).find((name) => name !== leader)!;
    f.act('link.cut', { on: 'node-link', site: 'site', node: leader, peer: follower, direction: 'one-way' });
    f.wait(60_000);
    expect([f.world.etcd.leader('site'), f.world.etcd.term('site')]).toEqual([leader, term]);
    f.act('link.restore', { on: 'node-link', site: 'site', node: leader, peer: follower, direction: 'one-way' });
    f.wait(10_000);
    expect(f.world.etcd.whole('site')).toBe(true);
    expect(f.world.etcd.term('site')).toBe(term);
  });

  it('with one path cut between two of three the one between them keeps quorum', async () => {
    const f = field(await topology(3));
    const leader = f.world.etcd.leader('site')!;
    const follower = names(f).find((name) => name !== leader)!;
    f.act('link.cut', { on: 'node-link', site: 'site', node: leader, peer: follower, direction: 'both' });
    f.wait(30_000);
    expect(f.world.etcd.hasQuorum('site')).toBe(true);
    expect(f.world.etcd.leader('site')).toBe(leader);
  });

  it('a disk that stalls for 10 s a write costs a leader its lead, and a follower nothing', async () => {
    const shape = await topology(3);
    const led = field(shape);
    const old = led.world.etcd.leader('site')!;
    led.act('disk.stall', on(old, 'etcd'), { fsyncMs: 10_000 });
    led.wait(30_000);
    expect(led.world.etcd.leader('site')).not.toBe(old);
    expect(led.world.controlPlane.write('site').okRatio).toBeGreaterThan(0.9);
    const followed = field(shape);
    const { leader, term } = { leader: followed.world.etcd.leader('site'), term: followed.world.etcd.term('site') };
    followed.act('disk.stall', on(names(followed).find((name) => name !== leader)!, 'etcd'), { fsyncMs: 10_000 });
    followed.wait(30_000);
    expect([followed.world.etcd.leader('site'), followed.world.etcd.term('site')]).toEqual([leader, term]);
  });
});

describe('quorum lost, 2 of 3', () => {
  const lost = async (minor = 34) => {
    const f = field(await topology(3, minor));
    const gone = names(f).slice(0, 2);
    hold(f, 'etcd', gone);
    return { f, gone, alive: names(f)[2]! };
  };

  it('no write succeeds; the member that is left still answers stale reads, and pods go on', async () => {
    const { f, alive } = await lost();
    f.wait(4_000);
    expect(f.world.controlPlane.write('site').okRatio).toBe(0);
    expect(f.world.etcd.answer(alive)).toMatchObject({ writes: 'hangs', staleReads: true });
    expect(f.world.controlPlane.read('site').okRatio).toBeGreaterThan(0);
    expect(f.pods('shop').every(({ truth }) => truth === 'serving')).toBe(true);
  });

  it('controller-managers exit after their 10 s renewal deadline', async () => {
    const { f } = await lost();
    const holder = f.world.controlPlane.leaseHolder('site', 'kube-controller-manager')!;
    const pid = f.world.machines.identity(holder, 'kube-controller-manager')!.pid;
    const ms = f.until(() => f.world.machines.identity(holder, 'kube-controller-manager')?.pid !== pid, 30_000);
    expect(ms).toBeGreaterThanOrEqual(8_000);
    expect(ms).toBeLessThanOrEqual(14_000);
  });

  it('API servers are killed by their liveness probe after 72 to 90 s, and not before', async () => {
    const { f } = await lost();
    const pids = () => names(f).map((name) => f.world.machines.identity(name, 'kube-apiserver')?.pid);
    const before = pids();
    const first = f.until(() => pids().some((pid, i) => pid !== before[i]), 200_000);
    expect(first).toBeGreaterThanOrEqual(70_000);
    expect(first).toBeLessThanOrEqual(86_000);
    f.until(() => pids().every((pid, i) => pid !== before[i]), 60_000);
    expect(f.now() - 60_000).toBeLessThanOrEqual(96_000);
    expect(f.world.controlPlane.read('site').okRatio).toBe(0);
  });

  it('back within 30 s: writes at once, no API server restarted, nobody evicted', async () => {
    const { f, gone } = await lost();
    const pids = () => names(f).map((name) => f.world.machines.identity(name, 'kube-apiserver')?.pid);
    const before = pids();
    f.wait(30_000);
    release(f, 'etcd', gone);
    expect(f.until(() => f.world.controlPlane.write('site').okRatio === 1)).toBeLessThan(15_000);
    expect(pids()).toEqual(before);
    f.wait(180_000);
    expect(f.world.controlPlane.whole('site')).toBe(true);
    expect(f.world.nodes.list('site').every(({ ready }) => ready === 'True')).toBe(true);
    expect(f.pods('shop').every(({ deletedMs, restarts }) => deletedMs === undefined && restarts === 0)).toBe(true);
  });

  it('back after 10 minutes: API servers are deep in back-off and need up to 5 min more', async () => {
    const { f, gone } = await lost();
    f.wait(600_000);
    release(f, 'etcd', gone);
    const ms = f.until(() => f.world.controlPlane.write('site').okRatio > 0);
    expect(ms).toBeGreaterThan(5_000);
    expect(ms).toBeLessThan(320_000);
    expect(f.until(() => f.world.controlPlane.whole('site'))).toBeLessThan(330_000);
    f.wait(120_000);
    expect(f.world.nodes.list('site').every(({ ready }) => ready === 'True')).toBe(true);
    expect(f.pods('shop').every(({ restarts }) => restarts === 0)).toBe(true);
  });

  it('nothing is replaced, nothing evicted, dead endpoints stay', async () => {
    const { f } = await lost();
    f.wait(20_000);
    const victim = f.pods('shop')[0]!;
    f.node(victim.node!, 'node.kill');
    f.wait(600_000);
    expect(f.world.routing.targets('site', 'shop')).toContain(victim);
    expect(f.pods('shop').length).toBe(3);
  });
});

describe('leases of controllers', () => {
  it('a killed controller-manager has a successor after 16.5 s with two standbys, 14 to 22 s', async () => {
    const shape = await topology(3);
    const after = overSeeds(40, (seed) => {
      const f = field(shape, seed, 20_000 + 97 * Number.parseInt(seed, 16));
      const old = f.world.controlPlane.leaseHolder('site', 'kube-controller-manager')!;
      f.act('process.hold', on(old, 'kube-controller-manager'));
      return f.until(() => f.world.controlPlane.leaseHolder('site', 'kube-controller-manager') !== old, 60_000) / 1_000;
    });
    expect(Math.abs(mean(after) - 16.5)).toBeLessThan(0.8);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(13);
    expect(Math.max(...after)).toBeLessThanOrEqual(22.5);
  });

  it('a killed one is a new candidate: it waits for the lease of its former self too', async () => {
    const shape = await topology(1);
    const after = overSeeds(20, (seed) => {
      const f = field(shape, seed);
      f.act('process.kill', on('site-control-plane', 'kube-controller-manager'));
      f.wait(1);
      return f.until(() => f.world.controlPlane.controllerManager('site') !== undefined, 90_000) / 1_000;
    });
    expect(Math.min(...after)).toBeGreaterThan(14);
    expect(Math.max(...after)).toBeLessThan(30);
  });

  it('losing the local etcd member alone loses the lease as well', async () => {
    const f = field(await topology(3));
    const old = f.world.controlPlane.leaseHolder('site', 'kube-controller-manager')!;
    hold(f, 'etcd', [old]);
    const seconds =
      f.until(() => f.world.controlPlane.leaseHolder('site', 'kube-controller-manager') !== old, 60_000) / 1_000;
    expect(seconds).toBeGreaterThan(12);
    expect(seconds).toBeLessThan(25);
  });
});

describe('the load balancer before the API servers', () => {
  const rotation = (f: Field) => names(f).filter((name) => f.world.controlPlane.inRotation(name)).length;

  it.each([
    [34, 'HAProxy', 4, 6],
    [36, 'Envoy', 2, 4],
  ])('1.%i: %s drops a server that refuses after %i to %i s', async (minor, _name, from, to) => {
    const shape = await topology(3, minor);
    const after = overSeeds(20, (seed) => {
      const f = field(shape, seed, 20_000 + 97 * Number.parseInt(seed, 16));
      hold(f, 'kube-apiserver', [names(f)[0]!]);
      return f.until(() => rotation(f) === 2, 30_000) / 1_000;
    });
    expect(Math.min(...after)).toBeGreaterThanOrEqual(from - 0.1);
    expect(Math.max(...after)).toBeLessThanOrEqual(to + 0.1);
  });

  it('with two of three dead HAProxy sends all to the third, Envoy panics and loses two in three', async () => {
    const okRatio = async (minor: number) => {
      const f = field(await topology(3, minor));
      hold(f, 'kube-apiserver', names(f).slice(0, 2));
      f.wait(30_000);
      return f.world.controlPlane.write('site').okRatio;
    };
    expect(await okRatio(34)).toBe(1);
    expect(await okRatio(36)).toBeCloseTo(1 / 3, 5);
  });
});

describe('a single control plane', () => {
  it('that is lost takes its API with it; pods serve, nothing is replaced; it comes back whole with its node', async () => {
    const f = field(await topology(1));
    f.node('site-control-plane', 'node.kill');
    f.wait(300_000);
    expect(f.world.controlPlane.write('site').okRatio).toBe(0);
    expect(f.pods('shop').every(({ truth }) => truth === 'serving')).toBe(true);
    f.node('site-control-plane', 'node.start');
    expect(f.until(() => f.world.controlPlane.whole('site'), 300_000)).toBeLessThan(90_000);
    f.wait(120_000);
    expect(f.world.nodes.list('site').every(({ ready }) => ready === 'True')).toBe(true);
  });

  it('static pods killed over and over wait 0, 10, 20, 40 s', async () => {
    const f = field(await topology(1));
    const up = () => f.world.machines.identity('site-control-plane', 'kube-scheduler') !== undefined;
    const waits = [0, 10, 20, 40].map((backOff) => {
      f.act('process.kill', on('site-control-plane', 'kube-scheduler'));
      f.wait(1);
      const seconds = f.until(up) / 1_000;
      f.wait(1_000);
      return seconds - backOff;
    });
    for (const rest of waits) {
      expect(rest).toBeGreaterThan(0.2);
      expect(rest).toBeLessThan(4);
    }
  });
});
