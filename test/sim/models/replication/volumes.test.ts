import { describe, expect, it } from 'vitest';
import { batch, bothWays, createReplicationWorld, type WorldOptions } from './world.ts';

/** East has streamed 100 orders, and 10 more have not left when its database goes. */
function worldAtTheLoss(options: WorldOptions) {
  const world = createReplicationWorld(options);
  world.run(1_000);
  world.order('east', 100);
  world.run(2_000);
  world.order('east', 10);
  return world;
}

describe('a database whose container is started anew', () => {
  it('with a volume holds everything and sends what it had not sent', () => {
    const world = worldAtTheLoss({});
    world.restart('east');
    world.run(20_000);
    expect(world.held('east')).toEqual({ east: [[1, 111]] });
    expect(world.held('west')).toEqual({ east: [[1, 111]] });
    expect(world.model.converged()).toBe(true);
  });

  it('without a volume is empty, and what it had not sent is lost everywhere', () => {
    const world = worldAtTheLoss({ withoutVolume: true });
    world.restart('east');
    expect(world.held('east')).toEqual({});
    world.run(20_000);
    expect(world.held('east')).toEqual({});
    expect(world.held('west')).toEqual({ east: [[1, 101]] });
    expect(world.model.lag('orders')).toEqual({ records: 0, ageMs: 0 });
    expect(world.model.converged()).toBe(false);
  });

  it('without a volume takes and sends new orders, and gets those of its peer that wait', () => {
    const world = worldAtTheLoss({ withoutVolume: true });
    world.setPod('east', 'refusing');
    world.order('west', 5);
    world.run(10_000);
    world.restart('east');
    world.order('east', 3);
    world.run(20_000);
    expect(world.held('east')).toEqual({ west: [[1, 6]], east: [[111, 114]] });
    expect(world.held('west')).toEqual({
      west: [[1, 6]],
      east: [
        [1, 101],
        [111, 114],
      ],
    });
  });

  it('without a volume gets back by a batch what the other site holds', () => {
    const back = { ...batch, from: 'west/postgres', to: 'east/postgres' };
    const world = worldAtTheLoss({ withoutVolume: true, replication: [bothWays, back] });
    world.restart('east');
    world.run(310_000);
    expect(world.held('east')).toEqual({ east: [[1, 101]] });
    expect(world.model.converged()).toBe(true);
  });

  it('without a volume loses its data to a pod that takes its place, unnoticed by callers', () => {
    const world = worldAtTheLoss({ withoutVolume: true });
    world.replace('east');
    world.run(20_000);
    expect(world.held('west')).toEqual({ east: [[1, 101]] });
    expect(world.held('east')).toEqual({});
  });

  it('loses nothing while it is only frozen, without a volume too', () => {
    const world = worldAtTheLoss({ withoutVolume: true });
    world.setPod('east', 'silent');
    world.run(5_000);
    world.setPod('east', 'serving');
    world.run(20_000);
    expect(world.held('east')).toEqual({ east: [[1, 111]] });
    expect(world.held('west')).toEqual({ east: [[1, 111]] });
  });
});
