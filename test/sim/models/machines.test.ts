import { describe, expect, test } from 'vitest';
import { createBackOff } from '../../../src/sim/models/machines/back-off.ts';
import { mean, siteOf, worldOf } from './control-plane/world.ts';

const node = 'east-control-plane';
const world = (seed = 1) => worldOf(seed, [siteOf('east', 3)]);

describe('the crash back-off', () => {
  test('waits 0, 10, 20, 40, 80, 160, 300 and 300 s', () => {
    const backOff = createBackOff();
    let now = 0;
    const delays = Array.from({ length: 8 }, () => {
      const delay = backOff.next(now);
      now += delay + 1_000;
      return delay / 1_000;
    });
    expect(delays).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
  });

  test('forgets after 10 minutes without a restart, not before', () => {
    const backOff = createBackOff();
    backOff.next(0);
    expect(backOff.next(600_000)).toBe(10_000);
    expect(backOff.next(610_000 + 600_001)).toBe(0);
  });
});

describe('a killed process', () => {
  test('of a static pod is back within 1 to 3 s the first time, as a new process', () => {
    const backMs: number[] = [];
    for (let seed = 1; seed <= 100; seed++) {
      const { machines, until } = world(seed);
      const before = machines.identity(node, 'etcd')!.pid;
      machines.kill(node, 'etcd');
      expect(machines.process(node, 'etcd')).toBe('down');
      expect(machines.identity(node, 'etcd')).toBeUndefined();
      backMs.push(until(() => machines.process(node, 'etcd') === 'running', 10_000)!);
      expect(machines.identity(node, 'etcd')!.pid).not.toBe(before);
    }
    backMs.sort((a, b) => a - b);
    expect(backMs[5]).toBeGreaterThan(600);
    expect(mean(backMs)).toBeGreaterThan(1_200);
    expect(mean(backMs)).toBeLessThan(1_800);
    expect(Math.max(...backMs)).toBeLessThan(4_000);
  });

  test('waits 10 s the second time and 20 s the third', () => {
    const { machines, until, kernel } = world();
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      const killedMs = kernel.now();
      machines.kill(node, 'kube-scheduler');
      until(() => machines.process(node, 'kube-scheduler') === 'running', 100_000);
      waits.push(Math.floor((kernel.now() - killedMs) / 10_000));
    }
    expect(waits).toEqual([0, 1, 2]);
  });

  test('stays dead without a kubelet, and starts once that is back, whatever its back-off', () => {
    const { machines, runTo, until, kernel } = world();
    for (let i = 0; i < 4; i++) {
      machines.kill(node, 'etcd');
      until(() => machines.process(node, 'etcd') === 'running', 1_000_000);
    }
    machines.kill(node, 'etcd');
    runTo(kernel.now() + 20_000);
    const heldMs = kernel.now();
    machines.hold(node, 'kubelet');
    runTo(heldMs + 10_000);
    expect(machines.process(node, 'etcd')).toBe('down');
    machines.release(node, 'kubelet');
    expect(until(() => machines.process(node, 'etcd') === 'running', heldMs + 80_000)).toBeLessThan(heldMs + 16_000);
  });

  test('that is a kubelet or containerd is restarted by systemd after 1 s', () => {
    const { machines, until } = world();
    machines.kill('east-worker', 'kubelet');
    expect(machines.canStartContainers('east-worker')).toBe(false);
    const backMs = until(() => machines.canStartContainers('east-worker'), 10_000)!;
    expect(backMs).toBeGreaterThanOrEqual(1_000);
    expect(backMs).toBeLessThan(2_000);
  });

  test('that is held stays away until it is released', () => {
    const { machines, runTo, until } = world();
    machines.hold(node, 'kube-apiserver');
    runTo(1_000_000);
    expect(machines.process(node, 'kube-apiserver')).toBe('held');
    machines.release(node, 'kube-apiserver');
    expect(until(() => machines.process(node, 'kube-apiserver') === 'running', 1_010_000)).toBeLessThan(1_004_000);
  });
});

describe('a paused process', () => {
  test('is the same process when resumed', () => {
    const { machines, runTo } = world();
    const before = machines.identity(node, 'etcd');
    machines.pause(node, 'etcd');
    runTo(60_000);
    expect(machines.process(node, 'etcd')).toBe('paused');
    machines.resume(node, 'etcd');
    expect(machines.identity(node, 'etcd')).toEqual(before);
  });

  test('of a static pod is killed by its liveness probe 150 to 160 s later and starts anew', () => {
    const { machines, until } = world();
    machines.pause(node, 'kube-scheduler');
    const killedMs = until(() => machines.process(node, 'kube-scheduler') === 'down', 300_000)!;
    expect(killedMs).toBeGreaterThanOrEqual(150_000);
    expect(killedMs).toBeLessThanOrEqual(160_000);
    expect(until(() => machines.process(node, 'kube-scheduler') === 'running', 300_000)).toBeDefined();
  });
});

describe('a machine', () => {
  test('without power runs nothing, and with power again starts everything but what is held', () => {
    const { machines, until, runTo, kernel } = world();
    machines.setPower(node, 'off');
    machines.hold(node, 'kube-scheduler');
    expect(machines.process(node, 'kubelet')).toBe('down');
    runTo(100_000);
    machines.setPower(node, 'on');
    until(() => machines.process(node, 'kube-apiserver') === 'running', 200_000);
    expect(kernel.now()).toBeGreaterThan(102_000);
    expect(kernel.now()).toBeLessThan(125_000);
    runTo(200_000);
    expect(machines.process(node, 'kube-scheduler')).toBe('held');
  });

  test('that is frozen answers nothing and loses nothing', () => {
    const { machines, runTo } = world();
    const before = machines.identity(node, 'etcd');
    machines.setPower(node, 'frozen');
    expect(machines.process(node, 'etcd')).toBe('paused');
    expect(machines.canStartContainers(node)).toBe(false);
    runTo(900_000);
    machines.setPower(node, 'on');
    expect(machines.process(node, 'etcd')).toBe('running');
    expect(machines.identity(node, 'etcd')).toEqual(before);
  });

  test('that is a worker has no control plane to kill', () => {
    const { machines } = world();
    machines.kill('east-worker', 'etcd');
    expect(machines.process('east-worker', 'etcd')).toBe('down');
    expect(() => machines.power('nowhere')).toThrow(RangeError);
  });
});
