/** The prober of the API in a real world: what it tells in wide and narrow stretches must add up to the same for whoever folds it live. */
import { expect, test } from 'vitest';
import { readTopology } from '../../../src/compose/topology/read-topology.ts';
import type { Traffic } from '../../../src/domain/event.ts';
import { createSliFold } from '../../../src/domain/sli.ts';
import type { Topology } from '../../../src/domain/topology.ts';
import { probeApi } from '../../../src/platform/simulated/api-prober.ts';
import { createWorld } from '../../../src/sim/world.ts';

const dual = await readTopology('dual-site', { sets: [], allowCommands: false });
const single: Topology = { ...dual, sites: dual.sites.slice(0, 1), replication: [] };

/** What was told of writes while east's control plane froze for a while after a long calm. */
function probed(topology: Topology) {
  const world = createWorld(topology, '7f3a');
  const { kernel, machines } = world;
  const traffic: Traffic[] = [];
  for (const { name } of world.sites)
    probeApi(world, name, kernel.random(`probe/${name}`), (event) => {
      if (event.type === 'traffic' && event.service === 'api.write') traffic.push(event);
    });
  const east = world.sites[0]!.nodes.filter(({ role }) => role === 'control-plane').map(({ name }) => name);
  const all = (power: 'on' | 'off') => {
    for (const node of east) machines.setPower(node, power);
  };
  kernel.at(203_456, () => all('off'));
  kernel.at(291_234, () => all('on'));
  while (kernel.step(500_000));
  return traffic;
}

const healthOf = (traffic: readonly Traffic[]) => {
  const fold = createSliFold({ 'api.write': { successRatioMin: 0.99 } });
  return traffic
    .flatMap((stretch) => fold.take(stretch))
    .filter(({ fact }) => fact === 'sli.healthy')
    .map(({ value }) => value);
};

test.each([
  ['two sites', dual],
  ['one site', single],
])('of %s there are always enough tries to say how writes stand', (_name, topology) => {
  const health = healthOf(probed(topology));
  expect(health.slice(0, 3)).toEqual([null, true, false]);
  expect(health.slice(1)).not.toContain(null);
  expect(health.at(-1)).toBe(true);
});

test('a site that is well is told of as closely as the one that is not', () => {
  const during = probed(dual).filter(({ fromMs, toMs }) => fromMs > 203_456 && toMs < 291_234);
  const widest = (site: string) =>
    Math.max(...during.filter((event) => event.site === site).map(({ fromMs, toMs }) => toMs - fromMs));
  expect(widest('east')).toBeLessThanOrEqual(100);
  expect(widest('west')).toBeLessThanOrEqual(1_000);
});
