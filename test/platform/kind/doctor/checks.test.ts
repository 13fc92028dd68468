/** Every check of real clusters, on literal measurements. */
import { describe, expect, test } from 'vitest';
import { readTopologyAndFiles } from '../../../../src/compose/topology/read-topology.ts';
import { judgeCgroup } from '../../../../src/platform/kind/doctor/cgroup.ts';
import { judgeCores } from '../../../../src/platform/kind/doctor/cores.ts';
import { costOf } from '../../../../src/platform/kind/doctor/cost.ts';
import { judgeDisk } from '../../../../src/platform/kind/doctor/disk.ts';
import { judgeDocker } from '../../../../src/platform/kind/doctor/docker.ts';
import { judgeFitting } from '../../../../src/platform/kind/doctor/fitting.ts';
import { judgeImages, localName } from '../../../../src/platform/kind/doctor/images.ts';
import { judgeInotify } from '../../../../src/platform/kind/doctor/inotify.ts';
import { judgeK6 } from '../../../../src/platform/kind/doctor/k6-program.ts';
import { balancerOf, judgeKind } from '../../../../src/platform/kind/doctor/kind-program.ts';
import { countPairs, judgeLeftovers } from '../../../../src/platform/kind/doctor/leftovers.ts';
import { judgeMemory } from '../../../../src/platform/kind/doctor/memory.ts';
import { judgeOperatingSystem } from '../../../../src/platform/kind/doctor/operating-system.ts';
import { judgePrivileges } from '../../../../src/platform/kind/doctor/privileges.ts';
import { imagesIn } from '../../../../src/platform/kind/doctor/wanted-images.ts';

const cost = { topology: 'pair', containers: 12, memoryMiB: 6_000, cpuCores: 0.8, diskMiB: 14_000 };

test('only Linux with an engine of its own reaches its nodes', () => {
  expect(judgeOperatingSystem('linux', 'Debian GNU/Linux 12').state).toBe('ok');
  expect(judgeOperatingSystem('linux', undefined).state).toBe('ok');
  expect(judgeOperatingSystem('darwin', undefined).state).toBe('bad');
  expect(judgeOperatingSystem('linux', 'Docker Desktop')).toMatchObject({
    state: 'bad',
    hint: expect.stringMatching(/inside Linux/),
  });
});

test('Docker must answer, be new enough and run as root', () => {
  expect(judgeDocker(undefined)).toMatchObject({ state: 'bad', found: 'no server answers' });
  expect(judgeDocker({ ServerVersion: '28.2.2' }).state).toBe('ok');
  expect(judgeDocker({ ServerVersion: '20.10.24+dfsg1' }).state).toBe('ok');
  expect(judgeDocker({ ServerVersion: '19.03.1' }).state).toBe('bad');
  const rootless = judgeDocker({ ServerVersion: '28.2.2', SecurityOptions: ['name=seccomp', 'name=rootless'] });
  expect(rootless).toMatchObject({ state: 'bad', found: '28.2.2, rootless' });
});

test('a privileged container runs, does not, or was not tried', () => {
  expect(judgePrivileges({ worked: true, said: '' }).state).toBe('ok');
  expect(judgePrivileges({ worked: false, said: 'operation not permitted' })).toMatchObject({
    state: 'bad',
    found: 'a privileged container does not run: operation not permitted',
  });
  expect(judgePrivileges({ worked: undefined, said: '' })).toMatchObject({ state: 'warn' });
  expect(judgePrivileges(undefined).state).toBe('warn');
});

test('cgroup v1 is enough up to Kubernetes 1.34, whichever site is newest', () => {
  expect(judgeCgroup('1', [34, 34]).state).toBe('ok');
  expect(judgeCgroup('1', [34, 35])).toMatchObject({
    state: 'bad',
    hint: expect.stringMatching(/1\.34.*failCgroupV1/),
  });
  expect(judgeCgroup('2', [35]).state).toBe('ok');
  expect(judgeCgroup(undefined, [34]).state).toBe('bad');
});

test('kind is new enough, and what stands before its API servers is told', () => {
  expect(judgeKind('kind v0.31.0 go1.24.11 linux/amd64')).toMatchObject({ state: 'ok', found: '0.31.0' });
  expect(judgeKind('kind v0.26.0 go1.23 linux/amd64').state).toBe('bad');
  expect(judgeKind('kind v0.33.0 go1.25 linux/amd64')).toMatchObject({
    state: 'warn',
    found: expect.stringMatching(/envoy/),
  });
  expect(judgeKind(undefined)).toMatchObject({ state: 'bad', found: 'not found' });
  expect([balancerOf('kind v0.33.0'), balancerOf('kind v0.31.0'), balancerOf(undefined)]).toEqual([
    'envoy',
    'haproxy',
    'haproxy',
  ]);
});

test('k6 is of version 1 or 2', () => {
  expect(judgeK6('k6 v2.2.0 (go1.26, linux/amd64)')).toMatchObject({ state: 'ok', found: '2.2.0' });
  expect(judgeK6('k6 v1.0.0 (commit/41b4984b75, go1.24.2, linux/amd64)').state).toBe('ok');
  expect(judgeK6('k6 v0.57.0').state).toBe('bad');
  expect(judgeK6('k6 v3.0.0').state).toBe('warn');
  expect(judgeK6('hello').state).toBe('bad');
  expect(judgeK6(undefined)).toMatchObject({ state: 'bad', found: 'not found' });
});

test('images that are here or built are fine, what must be pulled is told, what cannot is bad', () => {
  expect(judgeImages([{ image: 'a:1', where: 'here' }])).toMatchObject([{ state: 'ok', found: '1 of 1 here' }]);
  const mixed = judgeImages([
    { image: 'a:1', where: 'here' },
    { image: 'b:1', where: 'pullable' },
    { image: 'elevenproof/c:dev', where: 'built' },
    { image: 'd:1', where: 'missing' },
  ]);
  expect(mixed).toMatchObject([
    { state: 'warn', found: '1 of 4 here; built by the first run: elevenproof/c:dev; to be pulled: b:1' },
    { state: 'bad', hint: 'docker pull d:1' },
  ]);
});

test('an image is looked for under the name that Docker lists', () => {
  expect(localName('docker.io/library/haproxy:3.0')).toBe('haproxy:3.0');
  expect(localName('docker.io/kindest/node:v1.34.0@sha256:00')).toBe('kindest/node:v1.34.0');
  expect(localName('localhost:5000/postgres')).toBe('localhost:5000/postgres:latest');
});

test('images are those of nodes, of every container, and of the balancer before several control planes', () => {
  const pod = { spec: { initContainers: [{ image: 'init:1' }], containers: [{ image: 'app:1' }, { name: 'none' }] } };
  const objects = [
    { kind: 'Deployment', spec: { template: pod } },
    { kind: 'Pod', ...pod },
  ];
  const job = {
    kind: 'CronJob',
    spec: { jobTemplate: { spec: { template: { spec: { containers: [{ image: 'job:1' }] } } } } },
  };
  const nodes = [
    { role: 'control-plane', image: 'node:1' },
    { role: 'worker', image: 'node:1' },
  ];
  const site = { site: 'east', cluster: { nodes }, objects: [...objects, job] };
  expect(imagesIn([site], undefined, 'haproxy')).toEqual(['node:1', 'init:1', 'app:1', 'job:1']);
  const three = { ...site, objects: [], cluster: { nodes: [...nodes, { role: 'control-plane' }] } };
  expect(imagesIn([three], 'other:2', 'haproxy')).toEqual(['other:2', 'kindest/haproxy:*']);
  expect(imagesIn([three], 'other:2', 'envoy')).toEqual(['other:2', 'envoyproxy/envoy:*']);
});

describe('room', () => {
  test('memory: below the cost is bad, little more is told', () => {
    expect(judgeMemory(5_999, cost).state).toBe('bad');
    expect(judgeMemory(6_000, cost).state).toBe('warn');
    expect(judgeMemory(8_000, cost).state).toBe('ok');
  });

  test('cores: two at least, and one beyond what the pair takes', () => {
    expect(judgeCores(1, cost).state).toBe('bad');
    expect(judgeCores(2, cost)).toMatchObject({ state: 'warn', hint: expect.stringMatching(/--scale/) });
    expect(judgeCores(2, { ...cost, cpuCores: 1.1 }).state).toBe('bad');
    expect(judgeCores(8, cost).state).toBe('ok');
  });

  test('inotify: the hint is a command that sets what is wanted and lowers nothing', () => {
    expect(judgeInotify({ instances: 1_024, watches: 65_536 }, 12).state).toBe('ok');
    expect(judgeInotify({ instances: 128, watches: 65_536 }, 12)).toMatchObject({
      state: 'bad',
      hint: 'sysctl -w fs.inotify.max_user_instances=480 fs.inotify.max_user_watches=65536',
    });
    expect(judgeInotify({ instances: 400, watches: 65_536 }, 12).state).toBe('warn');
    expect(judgeInotify({ instances: 1_024, watches: 8_192 }, 12).state).toBe('bad');
    expect(judgeInotify({}, 12).state).toBe('ok');
  });

  test('disk: below the cost is bad, not knowing is told', () => {
    expect(judgeDisk(13_999, cost).state).toBe('bad');
    expect(judgeDisk(14_000, cost).state).toBe('warn');
    expect(judgeDisk(21_000, cost).state).toBe('ok');
    expect(judgeDisk(undefined, cost).state).toBe('warn');
  });

  test('topologies are offered with what they cost', () => {
    const small = { ...cost, topology: 'small', memoryMiB: 2_000 };
    const found = judgeFitting([cost, small], { freeMiB: 3_000, cores: 2 });
    expect(found.state).toBe('ok');
    expect(found.found).toMatch(/pair \(12 containers, 6,000 MiB, 0\.8 cores\) does not fit; small .* fits$/);
    expect(judgeFitting([cost], { freeMiB: 3_000, cores: 2 }).state).toBe('warn');
  });

  test('the cost of a topology counts its machines and pods', async () => {
    const of = async (name: string) => costOf((await readTopologyAndFiles(name)).topology);
    const [full, small] = [await of('dual-site'), await of('dual-site-small')];
    expect(full.containers).toBe(14);
    expect(small.containers).toBeLessThan(full.containers);
    expect(small.memoryMiB).toBeLessThan(full.memoryMiB);
    expect(small.diskMiB).toBeLessThan(full.diskMiB);
  });
});

test('leftovers are counted by pair and never bad', () => {
  expect(judgeLeftovers([], [], {})).toMatchObject([{ state: 'ok', found: 'none' }]);
  const pairs = countPairs(['ep-b', 'ep-a', 'ep-b'], ['ep-b', 'ep-c']);
  expect(pairs).toEqual([
    { id: 'ep-a', containers: 1, networks: 0 },
    { id: 'ep-b', containers: 2, networks: 1 },
    { id: 'ep-c', containers: 0, networks: 1 },
  ]);
  expect(judgeLeftovers([pairs[1]!, pairs[2]!], ['reports/x'], { 'ep-b': 'mine' })).toMatchObject([
    {
      state: 'warn',
      found: 'pair ep-b: 2 containers, 1 network',
      hint: 'Kept as mine: elevenproof down mine',
    },
    { state: 'warn', hint: expect.stringContaining('elevenproof down ep-c') },
    { state: 'warn', hint: 'elevenproof heal reports/x' },
  ]);
});
