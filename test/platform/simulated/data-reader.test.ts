/** Which workloads' capacity is told. */
import { expect, test } from 'vitest';
import { readTopology } from '../../../src/compose/topology/read-topology.ts';
import type { RunEventBody } from '../../../src/domain/event.ts';
import { readData } from '../../../src/platform/simulated/data-reader.ts';
import { createWorld } from '../../../src/sim/world.ts';

async function told(sets: readonly string[]): Promise<readonly string[]> {
  const world = createWorld(await readTopology('dual-site', { sets, allowCommands: false }), '1');
  const events: RunEventBody[] = [];
  readData(world, (event) => events.push(event))();
  return events.flatMap((event) => (event.type === 'capacity' ? [`${event.site}/${event.workload}`] : []));
}

test('the capacity of every workload that requests go through is told, and of no other', async () => {
  expect(await told([])).toEqual(['east/gateway', 'east/orders', 'west/gateway', 'west/orders']);
});

test('a workload that nothing scales has a capacity all the same', async () => {
  expect(await told(['*/HorizontalPodAutoscaler/orders=null'])).toContain('west/orders');
});
