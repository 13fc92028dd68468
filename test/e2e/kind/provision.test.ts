/** A pair of clusters from nothing to nothing, by the command line, beside what Docker says. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../../src/base/host.ts';
import type { Pair } from '../../../src/compose/pair-files.ts';
import { connectEngine, type Engine } from '../../../src/platform/kind/engine.ts';
import { connectKube } from '../../../src/platform/kind/kube.ts';
import { coolDown, pairState } from '../../../src/platform/kind/provision/clean-state.ts';
import { gate } from '../../../src/platform/kind/provision/gate.ts';
import { findLeftovers } from '../../../src/platform/kind/provision/leftovers.ts';
import { createWallClock } from '../../../src/platform/kind/wall-clock.ts';
import type { KindWorld } from '../../../src/platform/kind/world.ts';
import { elevenproof, workFolder } from './elevenproof.ts';

const lean = join(projectRoot(), 'test', 'e2e', 'kind', 'lean-pair');
const folder = workFolder();
const up = (...words: string[]) => elevenproof(folder, ['up', '--topology', lean, ...words]);
let engine: Engine;
let pair: Pair;
let world: KindWorld;

beforeAll(async () => {
  engine = await connectEngine();
  const { code, err } = await up('--name', 'lean');
  expect(err).toContain('✓ Waiting until ready');
  expect(code).toBe(0);
  pair = JSON.parse(readFileSync(join(folder, 'reports', 'pairs', 'lean', 'pair.json'), 'utf8'));
  const sites = pair.ground.sites.map(
    async (site) => [site.name, await connectKube(join(pair.ground.folder, site.kubeconfig))] as const,
  );
  const kubes = new Map(await Promise.all(sites));
  const { ground, topology } = pair;
  world = { ground, topology, engine, clock: createWallClock(), kube: (site) => kubes.get(site)! };
});

afterAll(async () => {
  await elevenproof(folder, ['down', '--all']);
});

const nodes = () =>
  pair.ground.sites.flatMap(({ apiLoadBalancer, machines }) => [
    ...(apiLoadBalancer === undefined ? [] : [apiLoadBalancer]),
    ...machines,
  ]);
const addresses = async () => {
  const states = await Promise.all(nodes().map(({ container }) => engine.state(container)));
  return states.map((state) => state?.addresses[pair.ground.network]);
};

describe('a new pair', () => {
  test('has the addresses of its plan, and our label on every container', async () => {
    expect(await addresses()).toEqual(nodes().map(({ address }) => address));
    const [mine] = (await findLeftovers(engine)).filter(({ id }) => id === pair.ground.id);
    expect(mine).toMatchObject({ running: nodes().length, networks: [pair.ground.network] });
    expect(mine?.containers).toEqual(
      nodes()
        .map(({ container }) => container)
        .sort(),
    );
  });

  test("has its kubeconfigs in its folder, for nobody else's eyes, and leaves the user's alone", () => {
    for (const { kubeconfig } of pair.ground.sites)
      expect(statSync(join(pair.ground.folder, kubeconfig)).mode & 0o777).toBe(0o600);
    expect(existsSync(join(folder, 'own.kubeconfig'))).toBe(false);
    expect(existsSync(join(folder, '.kube'))).toBe(false);
    expect(existsSync(join(pair.ground.folder, 'docker-for-kind'))).toBe(false);
  });

  test('is as good as new', async () => {
    expect(await pairState(world)).toEqual({ leftovers: [], warm: [] });
  });
});

/** Asks the API through the load balancer on a fresh connection; any answer counts. */
function answers(): Promise<boolean> {
  const server = new URL(world.kube('east').config.getCurrentCluster()!.server);
  return new Promise((resolve) => {
    const options = {
      host: server.hostname,
      port: server.port,
      path: '/readyz',
      agent: false,
      rejectUnauthorized: false,
      timeout: 1500,
    };
    const asked = request(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

test('a node that falls silent is out of rotation within seconds, and back after it', async () => {
  const { container } = pair.ground.sites[0]!.machines[1]!;
  await engine.pause(container);
  try {
    await pause(8_000);
    const asked = await Promise.all(Array.from({ length: 12 }, answers));
    expect(asked).not.toContain(false);
  } finally {
    await engine.unpause(container);
  }
  await gate(world, AbortSignal.timeout(200_000));
});

test('all nodes stopped and started in reverse order: the same addresses, the same etcd', async () => {
  const members = async () => {
    const { container } = pair.ground.sites[0]!.machines[0]!;
    const etcdctl =
      'chroot /proc/$(pidof etcd)/root etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/peer.crt --key=/etc/kubernetes/pki/etcd/peer.key member list';
    return (await engine.exec(container, ['sh', '-c', etcdctl])).stdout.trim().split('\n').sort();
  };
  const before = await members();
  expect(before).toHaveLength(3);
  const names = nodes().map(({ container }) => container);
  for (const name of names) await engine.stop(name);
  for (const name of names.reverse()) await engine.start(name);
  await gate(world, AbortSignal.timeout(250_000));
  expect(await addresses()).toEqual(nodes().map(({ address }) => address));
  expect(await members()).toEqual(before);
});

test('a control plane whose process died is warm, and cold again after its kubelet was restarted', async () => {
  const machine = pair.ground.sites[0]!.machines[2]!;
  await engine.exec(machine.container, ['sh', '-c', 'kill -9 $(pidof kube-scheduler)']);
  await expect.poll(async () => (await pairState(world)).warm, { timeout: 90_000, interval: 2_000 }).toEqual([machine]);
  await coolDown(world, [machine], AbortSignal.timeout(200_000));
  expect(await pairState(world)).toEqual({ leftovers: [], warm: [] });
});

test('a frozen process and a cordoned node are leftovers', async () => {
  const { container, node } = pair.ground.sites[0]!.machines[1]!;
  const send = (signal: string) => engine.exec(container, ['sh', '-c', `kill -${signal} $(pidof kube-scheduler)`]);
  const { core } = world.kube('east');
  const cordon = async (unschedulable: boolean) => {
    const body = await core.readNode({ name: container });
    await core.replaceNode({ name: container, body: { ...body, spec: { ...body.spec, unschedulable } } });
  };
  await send('STOP');
  try {
    await cordon(true);
    expect((await pairState(world)).leftovers).toEqual([
      `${node}: a frozen process: kube-scheduler`,
      `${container}: cordoned`,
    ]);
  } finally {
    await send('CONT');
    await cordon(false);
  }
});

test('parked, nothing of it runs; woken, it serves as before', async () => {
  expect(await elevenproof(folder, ['down', '--park'])).toMatchObject({ code: 0 });
  expect((await findLeftovers(engine)).find(({ id }) => id === pair.ground.id)?.running).toBe(0);
  const { code, out } = await elevenproof(folder, ['up', '--name', 'lean']);
  expect(code).toBe(0);
  expect(out).toContain('are awake and ready');
  expect(await addresses()).toEqual(nodes().map(({ address }) => address));
});

test('up of another topology under that name is refused', async () => {
  const { code, err } = await elevenproof(folder, ['up', '--topology', 'dual-site-small', '--name', 'lean']);
  expect(code).toBe(2);
  expect(err).toContain('elevenproof down lean');
});

test('after down nothing is left: no container, network, volume or folder', async () => {
  const volumesOf = async ({ container }: { readonly container: string }) =>
    (await engine.docker.getContainer(container).inspect()).Mounts.flatMap(({ Name }) => Name ?? []);
  const volumes = (await Promise.all(nodes().map(volumesOf))).flat();
  expect(await elevenproof(folder, ['down', 'lean'])).toMatchObject({ code: 0, out: 'Removed: lean.\n' });
  expect((await findLeftovers(engine)).map(({ id }) => id)).not.toContain(pair.ground.id);
  const left = (await engine.docker.listVolumes()).Volumes.map(({ Name }) => Name);
  expect(volumes.length).toBeGreaterThan(0);
  expect(volumes.filter((name) => left.includes(name))).toEqual([]);
  expect(readdirSync(join(folder, 'reports'))).toEqual([]);
});
