import { describe, expect, it } from 'vitest';
import { countOf } from '../../../src/base/ranges.ts';
import { batch, bothWays, createReplicationWorld, oneWay } from './replication/world.ts';

const total = (held: Readonly<Record<string, readonly (readonly [number, number])[]>> | undefined) =>
  Object.values(held ?? {}).reduce((sum, set) => sum + countOf(set), 0);

describe('streams', () => {
  it('each site numbers its own orders from 1', () => {
    const world = createReplicationWorld();
    expect(world.order('east', 10)).toEqual([1, 11]);
    expect(world.order('west', 5)).toEqual([1, 6]);
    expect(world.order('east', 2)).toEqual([11, 13]);
  });

  it('a commit arrives after delay and line time, not before', () => {
    const world = createReplicationWorld();
    world.run(1_000);
    world.order('east', 100);
    world.run(1_020);
    expect(countOf(world.held('west')?.east ?? [])).toBe(0);
    expect(world.model.lag('orders')).toEqual({ records: 100, ageMs: 20 });
    world.run(1_025);
    expect(world.held('west')).toEqual({ east: [[1, 101]] });
    expect(world.model.lag('orders')).toEqual({ records: 0, ageMs: 0 });
  });

  it('commits of a long stretch have left when they were made, not when the stretch ended', () => {
    const world = createReplicationWorld();
    world.model.changing.on(() => {
      if (world.kernel.now() === 10_000 && world.model.lag('orders').records === 0)
        world.model.commit('east', 'postgres', 1_000, 9_000);
    });
    world.run(10_000);
    world.network.cutLink('east', 'west', 'both');
    expect(world.model.lag('orders').records).toBe(100);
    expect(world.held('west')).toEqual({ east: [[1, 901]] });
  });

  it('steady streaming makes no events at all', () => {
    const world = createReplicationWorld({ replication: [bothWays] });
    world.trade(['east', 'west'], 50, 5_000);
    expect(world.kernel.nextMs()).toBe(Number.POSITIVE_INFINITY);
    expect(world.model.caughtUp('orders')).toBe(true);
    expect(world.model.converged()).toBe(true);
  });

  it('a cut keeps the log and lets the lag grow; after it everything arrives in order and both sites agree', () => {
    const world = createReplicationWorld();
    world.trade(['east', 'west'], 10, 10_000);
    world.network.cutLink('east', 'west', 'both');
    world.trade(['east', 'west'], 10, 40_000);
    expect(world.model.lag('orders').records).toBeGreaterThan(5_900);
    expect(world.model.lag('orders').ageMs).toBeGreaterThan(29_900);
    expect(world.model.stalled('orders')).toBe(true);
    expect(world.model.converged()).toBe(false);
    world.network.restoreLink('east', 'west', 'both');
    world.run(100_000);
    expect(world.model.stalled('orders')).toBe(false);
    expect(world.model.caughtUp('orders')).toBe(true);
    expect(world.model.converged()).toBe(true);
    expect(world.held('east')).toEqual(world.held('west'));
    expect(total(world.held('east'))).toBe(8_000);
  });

  it('a one-way cut stops the stream too, because nobody hears that it arrived', () => {
    const world = createReplicationWorld({ replication: [oneWay], westRole: 'standby' });
    world.network.cutLink('west', 'east', 'one-way');
    world.order('east', 10);
    world.run(5_000);
    expect(world.model.stalled('orders')).toBe(true);
  });

  it('stalled is told 2 s after the first commit that waits, and only then', () => {
    const world = createReplicationWorld();
    world.run(1_000);
    world.model.stall('orders', true);
    expect(world.model.held('orders')).toBe(true);
    world.run(8_000);
    expect(world.model.stalled('orders')).toBe(false);
    world.order('east', 1);
    const told: number[] = [];
    world.model.changed.on(({ at }) => void (world.model.stalled('orders') && told.push(at)));
    world.run(20_000);
    expect(told).toEqual([10_000]);
    world.model.stall('orders', false);
    world.run(21_000);
    expect(world.model.stalled('orders')).toBe(false);
    expect(world.model.caughtUp('orders')).toBe(true);
  });

  it('a dead database takes no writes, loses nothing and catches up after the next try to connect', () => {
    const world = createReplicationWorld();
    world.trade(['east', 'west'], 10, 2_000);
    world.setPod('west', 'refusing');
    expect(world.model.writable('west', 'postgres')).toBe(false);
    expect(world.model.audit().unreadable).toEqual({ 'west/postgres': 'connection refused' });
    world.trade(['east', 'west'], 10, 9_000);
    world.setPod('west', 'serving');
    world.run(11_900);
    expect(countOf(world.held('west')?.east ?? [])).toBe(200);
    world.run(13_000);
    expect(world.held('west')).toEqual({ east: [[1, 901]], west: [[1, 201]] });
  });

  it('a narrow line delivers at its rate', () => {
    const world = createReplicationWorld({ bandwidthMbps: 8 });
    world.run(1_000);
    world.order('east', 5_000);
    world.run(1_000 + 20 + 2_500);
    expect(Math.abs(countOf(world.held('west')?.east ?? []) - 2_450)).toBeLessThanOrEqual(50);
    world.run(6_100);
    expect(countOf(world.held('west')?.east ?? [])).toBe(5_000);
  });

  it('asking often neither hastens nor delays what is on the line', () => {
    const world = createReplicationWorld({ bandwidthMbps: 8 });
    world.run(1_000);
    world.order('east', 5_000);
    for (let ms = 1_010; ms <= 6_000; ms += 10) {
      world.run(ms);
      world.model.lag('orders');
    }
    expect(countOf(world.held('west')?.east ?? [])).toBeGreaterThanOrEqual(4_900);
    world.run(6_021);
    expect(countOf(world.held('west')?.east ?? [])).toBe(5_000);
  });

  it('lost packets make the line narrow', () => {
    const world = createReplicationWorld();
    world.network.slowLink('east', 'west', 'both', 80, 0.05);
    world.run(1_000);
    world.order('east', 10_000);
    world.run(10_000);
    expect(countOf(world.held('west')?.east ?? [])).toBeLessThan(5_000);
  });

  it('without an origin filter both directions stop for good at the first row that comes back', () => {
    const world = createReplicationWorld({ replication: [{ ...bothWays, originFilter: false }] });
    world.trade(['east', 'west'], 10, 3_000);
    world.run(600_000);
    const audit = world.model.audit();
    expect(audit.duplicated).toEqual({});
    expect(countOf(world.held('west')?.east ?? [])).toBeLessThan(50);
    expect(countOf(world.held('east')?.west ?? [])).toBeLessThan(50);
    expect(world.model.stalled('orders')).toBe(true);
    expect(world.model.converged()).toBe(false);
    const filtered = createReplicationWorld();
    filtered.trade(['east', 'west'], 10, 3_000);
    filtered.run(10_000);
    expect(filtered.model.converged()).toBe(true);
  });

  it('without an origin filter a synchronous pair soon takes no write at all', () => {
    const world = createReplicationWorld({ replication: [{ ...bothWays, originFilter: false, synchronous: true }] });
    world.trade(['east', 'west'], 10, 3_000);
    expect(world.model.writable('east', 'postgres')).toBe(false);
    expect(world.model.writable('west', 'postgres')).toBe(false);
  });

  it('without an origin filter rows without a key circle: duplicates appear and the lag never ends', () => {
    const world = createReplicationWorld({ replication: [{ ...bothWays, originFilter: false, uniqueKey: false }] });
    world.trade(['east', 'west'], 10, 3_000);
    world.run(10_000);
    const audit = world.model.audit();
    expect(audit.duplicated['east/postgres']?.east).toEqual([[1, 301]]);
    expect(audit.duplicated['west/postgres']?.west).toEqual([[1, 301]]);
    expect(world.model.lag('orders').records).toBeGreaterThan(0);
  });
});

describe('synchronous replication', () => {
  const synchronous = { ...oneWay, synchronous: true };

  it('adds a round trip, leaves nothing behind, and takes no writes without its peer', () => {
    const world = createReplicationWorld({ replication: [synchronous], westRole: 'standby' });
    expect(world.model.commitMs('east', 'postgres')).toBeCloseTo(40.4, 5);
    world.trade(['east'], 10, 1_000);
    world.network.cutLink('east', 'west', 'both');
    expect(world.model.writable('east', 'postgres')).toBe(false);
    expect(world.model.promote('west', 'postgres')).toMatchObject({ missing: {}, missingAgeMs: 0 });
    expect(world.model.writable('west', 'postgres')).toBe(true);
  });

  it('both ways, a promotion frees the surviving side until the peer is back', () => {
    const world = createReplicationWorld({ replication: [{ ...bothWays, synchronous: true }] });
    world.trade(['east', 'west'], 10, 1_000);
    world.setPod('east', 'silent');
    expect(world.model.writable('west', 'postgres')).toBe(false);
    world.model.promote('west', 'postgres');
    expect(world.model.writable('west', 'postgres')).toBe(true);
    world.trade(['west'], 10, 5_000);
    world.setPod('east', 'serving');
    world.trade(['west'], 10, 80_000);
    expect(world.model.converged()).toBe(true);
    expect(world.model.commitMs('west', 'postgres')).toBeGreaterThan(40);
  });
});

describe('promotion', () => {
  it('a standby takes no writes until promoted, and the promotion names what it lacks', () => {
    const world = createReplicationWorld({ replication: [oneWay], westRole: 'standby' });
    expect(world.model.writable('west', 'postgres')).toBe(false);
    expect(world.model.primary('west', 'postgres')).toBe(false);
    world.trade(['east'], 10, 2_000);
    world.network.cutLink('east', 'west', 'both');
    world.trade(['east'], 10, 3_000);
    world.run(4_000);
    const promotion = world.model.promote('west', 'postgres')!;
    expect(promotion.missing).toEqual({ east: [[201, 301]] });
    expect(promotion.missingAgeMs).toBe(4_000 - 2_000);
    expect(world.model.writable('west', 'postgres')).toBe(true);
  });

  it('an old primary that is not fenced takes writes too: split brain, and its orders diverge for good', () => {
    const world = createReplicationWorld({ replication: [oneWay], westRole: 'standby' });
    world.trade(['east'], 10, 2_000);
    world.setPod('east', 'refusing');
    world.model.promote('west', 'postgres');
    expect(world.model.split()).toBe(false);
    world.trade(['west'], 10, 4_000);
    world.setPod('east', 'serving');
    expect(world.model.split()).toBe(true);
    world.trade(['east', 'west'], 10, 6_000);
    world.run(20_000);
    expect(world.model.converged()).toBe(false);
    expect(countOf(world.held('east')?.west ?? [])).toBe(400);
    expect(countOf(world.held('west')?.east ?? [])).toBe(200);
    world.model.fence('east', 'postgres', true);
    expect(world.model.split()).toBe(false);
    expect(world.model.primary('east', 'postgres')).toBe(false);
  });

  it('a fenced old primary catches up over the reversed stream and can be promoted back without loss', () => {
    const world = createReplicationWorld({ replication: [oneWay], westRole: 'standby' });
    world.trade(['east'], 10, 2_000);
    world.run(2_500);
    world.setPod('east', 'silent');
    world.model.fence('east', 'postgres', true);
    expect(world.model.promote('west', 'postgres')?.missing).toEqual({});
    world.trade(['west'], 10, 5_000);
    world.setPod('east', 'serving');
    world.run(80_000);
    expect(world.model.converged()).toBe(true);
    world.model.fence('west', 'postgres', true);
    world.model.fence('east', 'postgres', false);
    expect(world.model.promote('east', 'postgres')?.missing).toEqual({});
    world.trade(['east'], 10, 82_000);
    world.run(83_000);
    expect(world.held('west')).toEqual(world.held('east'));
  });

  it('orders given up at a promotion that come back by a later promotion are told as resurrected', () => {
    const world = createReplicationWorld({ replication: [oneWay], westRole: 'standby' });
    world.network.cutLink('east', 'west', 'both');
    world.trade(['east'], 10, 2_000);
    world.model.fence('east', 'postgres', true);
    world.model.promote('west', 'postgres');
    world.network.restoreLink('east', 'west', 'both');
    world.run(20_000);
    expect(world.model.audit().resurrected).toEqual({});
    world.model.promote('east', 'postgres');
    world.run(40_000);
    expect(world.model.audit().resurrected).toEqual({ 'west/postgres': { east: [[1, 201]] } });
  });
});

describe('split brain', () => {
  it('both primaries write while the link is cut: split, conflicts counted, orders merge without loss', () => {
    const world = createReplicationWorld();
    world.trade(['east', 'west'], 100, 2_000);
    expect(world.model.audit().conflicts).toBe(0);
    world.network.cutLink('east', 'west', 'both');
    expect(world.model.split()).toBe(true);
    world.trade(['east', 'west'], 100, 22_000);
    world.network.restoreLink('east', 'west', 'both');
    expect(world.model.split()).toBe(false);
    world.run(100_000);
    expect(world.model.audit().conflicts).toBe(748);
    expect(world.held('east')).toEqual(world.held('west'));
    world.trade(['east', 'west'], 100, 102_000);
    expect(world.model.audit().conflicts).toBe(748);
  });

  it('one side fenced, no conflict', () => {
    const world = createReplicationWorld();
    world.network.cutLink('east', 'west', 'both');
    world.model.fence('west', 'postgres', true);
    world.trade(['east', 'west'], 100, 20_000);
    expect(world.model.split()).toBe(false);
    expect(world.model.audit().conflicts).toBe(0);
  });
});

describe('batches', () => {
  it('bring whole increments on schedule and nothing in between', () => {
    const world = createReplicationWorld({ replication: [batch] });
    world.trade(['east'], 10, 299_000);
    expect(world.model.batches('nightly')).toBe(0);
    expect(world.model.lag('nightly').records).toBe(29_900);
    world.run(302_000);
    expect(world.held('west')).toEqual({});
    expect(world.model.caughtUp('nightly')).toBe(false);
    world.run(310_000);
    expect(world.model.batches('nightly')).toBe(1);
    expect(world.model.caughtUp('nightly')).toBe(true);
    expect(world.held('west')).toEqual(world.held('east'));
  });

  it('fail as a whole when the link is cut under way, and catch up at the next', () => {
    const world = createReplicationWorld({ replication: [batch] });
    world.trade(['east'], 10, 301_000);
    world.network.cutLink('east', 'west', 'both');
    expect(world.model.stalled('nightly')).toBe(true);
    expect(world.model.batches('nightly')).toBe(0);
    world.run(400_000);
    world.network.restoreLink('east', 'west', 'both');
    world.run(599_000);
    expect(world.model.stalled('nightly')).toBe(true);
    expect(world.model.converged()).toBe(false);
    world.run(610_000);
    expect(world.model.converged()).toBe(true);
    world.order('east', 10);
    expect(world.model.converged()).toBe(true);
    expect(world.model.stalled('nightly')).toBe(false);
    expect(world.model.lag('nightly').records).toBe(10);
  });

  it('a stream that stalls is caught up by a batch of the same pair, exactly and without duplicates', () => {
    const world = createReplicationWorld({ replication: [bothWays, batch] });
    world.trade(['east'], 10, 10_000);
    world.model.stall('orders', true);
    world.trade(['east'], 10, 20_000);
    world.run(310_000);
    expect(world.held('west')).toEqual(world.held('east'));
    expect(world.model.converged()).toBe(true);
    world.model.stall('orders', false);
    world.run(312_000);
    expect(world.model.audit().duplicated).toEqual({});
    expect(world.model.caughtUp('orders')).toBe(true);
  });

  it('a failed batch beside a stream that works does not part the sites', () => {
    const world = createReplicationWorld({ replication: [bothWays, batch] });
    world.trade(['east'], 10, 301_000);
    world.network.cutLink('east', 'west', 'both');
    world.run(310_000);
    world.network.restoreLink('east', 'west', 'both');
    world.run(330_000);
    expect(world.model.stalled('nightly')).toBe(true);
    expect(world.model.converged()).toBe(true);
  });

  it('a batch by hand runs now, also for a stream, both ways', () => {
    const world = createReplicationWorld({ replication: [{ ...bothWays }] });
    world.model.stall('orders', true);
    world.trade(['east', 'west'], 10, 1_000);
    world.model.syncNow('orders');
    world.run(10_000);
    expect(world.held('west')).toEqual(world.held('east'));
    expect(world.model.batches('orders')).toBe(1);
  });
});

describe('with nothing between them', () => {
  it('databases of one name at two sites part as soon as either takes an order', () => {
    const world = createReplicationWorld({ replication: [] });
    expect(world.model.converged()).toBe(true);
    world.order('east', 10);
    world.run(2_000);
    expect(world.model.converged()).toBe(false);
    expect(world.model.split()).toBe(false);
    world.network.cutLink('east', 'west', 'both');
    expect(world.model.split()).toBe(true);
  });

  it('a batch in one direction does not bring back what the other side took', () => {
    const world = createReplicationWorld({ replication: [batch] });
    world.order('east', 10);
    world.run(310_000);
    expect(world.model.converged()).toBe(true);
    world.order('west', 10);
    world.run(700_000);
    expect(world.model.converged()).toBe(false);
  });
});

describe('news and virtual databases', () => {
  it('news are told once, by site', () => {
    const world = createReplicationWorld();
    world.order('east', 5);
    world.model.indeterminate('west', world.model.commit('west', 'postgres', 3));
    expect(world.model.takeNews()).toEqual({ acknowledged: { east: [[1, 6]] }, indeterminate: { west: [[1, 4]] } });
    expect(world.model.takeNews()).toEqual({ acknowledged: {}, indeterminate: {} });
  });

  it("somebody else's manifests without a database are writable and numbered", () => {
    const world = createReplicationWorld({ replication: [], withoutDatabase: true });
    expect(world.model.writable('east', 'shop')).toBe(true);
    expect(world.model.commit('east', 'shop', 4)).toEqual([1, 5]);
    expect(world.model.audit().held).toEqual({ 'east/shop': { east: [[1, 5]] } });
    expect(world.model.converged()).toBe(true);
    expect(world.model.split()).toBe(false);
  });
});
