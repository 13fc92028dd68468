/** A pair as plain data, for tests that need names and addresses and no cluster. */
import type { Topology } from '../../../../src/domain/topology.ts';
import { type Ground, planGround } from '../../../../src/platform/kind/ground.ts';

const node = (name: string, role: 'control-plane' | 'worker') => ({ name, role, cpuCores: 4 });

/** East with three control planes and a worker, west with one and one. */
export const sampleGround: Ground = planGround(
  {
    sites: [
      {
        name: 'east',
        nodes: [
          node('east-control-plane', 'control-plane'),
          node('east-control-plane2', 'control-plane'),
          node('east-control-plane3', 'control-plane'),
          node('east-worker', 'worker'),
        ],
      },
      { name: 'west', nodes: [node('west-control-plane', 'control-plane'), node('west-worker', 'worker')] },
    ],
  } as unknown as Topology,
  { id: 'ep-7f3a21', folder: '/tmp/pair', subnet: '172.20.4.0/22' },
);
