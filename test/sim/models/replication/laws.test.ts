import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, difference, type RangeSet, union } from '../../../../src/base/ranges.ts';
import { batch, bothWays, createReplicationWorld } from './world.ts';

type World = ReturnType<typeof createReplicationWorld>;
const site = fc.constantFrom('east', 'west');

const deed = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('order' as const), site, count: fc.integer({ min: 0, max: 5_000 }) }),
  },
  fc.record({ do: fc.constant('cut' as const), way: fc.constantFrom('both' as const, 'one-way' as const), from: site }),
  fc.record({ do: fc.constant('restore' as const) }),
  fc.record({ do: fc.constant('stall' as const), on: fc.boolean() }),
  fc.record({
    do: fc.constant('pod' as const),
    site,
    truth: fc.constantFrom('serving' as const, 'refusing' as const, 'silent' as const),
  }),
  fc.record({ do: fc.constant('promote' as const), site }),
  fc.record({ do: fc.constant('fence' as const), site, on: fc.boolean() }),
  fc.record({
    do: fc.constant('slow' as const),
    delayMs: fc.integer({ min: 0, max: 3_000 }),
    lossRatio: fc.constantFrom(0, 0.01, 0.2),
  }),
  fc.record({ do: fc.constant('sync' as const) }),
);
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;
const deeds = fc.array(fc.record({ waitMs: fc.integer({ min: 0, max: 20_000 }), deed }), { maxLength: 40 });

const other = (name: string) => (name === 'east' ? 'west' : 'east');

function act(world: World, step: Deed): void {
  const { model, network } = world;
  if (step.do === 'order') {
    if (model.writable(step.site, 'postgres')) world.order(step.site, step.count);
  } else if (step.do === 'cut') network.cutLink(step.from, other(step.from), step.way);
  else if (step.do === 'restore') network.restoreLink('east', 'west', 'both');
  else if (step.do === 'stall') model.stall('orders', step.on);
  else if (step.do === 'pod') world.setPod(step.site, step.truth);
  else if (step.do === 'promote') model.promote(step.site, 'postgres');
  else if (step.do === 'fence') model.fence(step.site, 'postgres', step.on);
  else if (step.do === 'slow') network.slowLink('east', 'west', 'both', step.delayMs, step.lossRatio);
  else model.syncNow('orders');
}

function restoreAll(world: World): void {
  world.network.restoreLink('east', 'west', 'both');
  world.model.stall('orders', false);
  for (const name of ['east', 'west']) {
    world.setPod(name, 'serving');
    world.model.fence(name, 'postgres', false);
  }
}

/** Plays the steps; gives what was acknowledged by site. */
function play(
  world: World,
  steps: readonly { waitMs: number; deed: Deed }[],
  ask: () => void,
): Record<string, RangeSet> {
  let known: Record<string, RangeSet> = { east: [], west: [] };
  for (const { waitMs, deed: step } of steps) {
    world.run(world.kernel.now() + waitMs);
    act(world, step);
    ask();
    const news = world.model.takeNews().acknowledged;
    known = { east: union(known.east!, news.east ?? []), west: union(known.west!, news.west ?? []) };
  }
  return known;
}

const worlds = [
  { says: 'a stream both ways', replication: [bothWays] },
  { says: 'a synchronous stream both ways', replication: [{ ...bothWays, synchronous: true }] },
  { says: 'a stream and a batch over the same pair', replication: [bothWays, batch] },
];

describe.each(worlds)('laws of $says', ({ replication }) => {
  it('after everything is restored both databases hold exactly what was acknowledged, once', () => {
    fc.assert(
      fc.property(deeds, (steps) => {
        const world = createReplicationWorld({ replication });
        const acknowledged = play(world, steps, () => {});
        restoreAll(world);
        world.run(world.kernel.now() + 300_000);
        const audit = world.model.audit();
        for (const name of ['east', 'west'])
          for (const numbered of ['east', 'west'])
            expect(world.held(name)?.[numbered] ?? []).toEqual(acknowledged[numbered]);
        expect(world.model.converged()).toBe(true);
        expect(world.model.lag('orders').records).toBe(0);
        expect(audit.duplicated).toEqual({});
        expect(audit.resurrected).toEqual({});
      }),
      { numRuns: 60 },
    );
  });

  it('at any moment the numbering site holds all its orders, lag is what is missing, and asking changes nothing', () => {
    fc.assert(
      fc.property(deeds, (steps) => {
        const [asked, quiet] = [createReplicationWorld({ replication }), createReplicationWorld({ replication })];
        const known: Record<string, RangeSet> = { east: [], west: [] };
        play(asked, steps, () => {
          const audit = asked.model.audit();
          for (const name of ['east', 'west']) {
            const held = audit.held[`${name}/postgres`]?.[name] ?? [];
            if (audit.unreadable[`${name}/postgres`] === undefined) expect(difference(known[name]!, held)).toEqual([]);
            known[name] = union(known[name]!, held);
          }
          asked.model.converged();
          asked.model.stalled('orders');
        });
        play(quiet, steps, () => {});
        restoreAll(asked);
        restoreAll(quiet);
        expect(asked.model.audit()).toEqual(quiet.model.audit());
        expect(asked.model.lag('orders')).toEqual(quiet.model.lag('orders'));
      }),
      { numRuns: 40 },
    );
  });
});

it('a promotion lacks exactly what was acknowledged elsewhere and is not held', () => {
  fc.assert(
    fc.property(deeds, site, (steps, name) => {
      const world = createReplicationWorld();
      const acknowledged = play(world, steps, () => {});
      restoreAll(world);
      const held = world.held(name) ?? {};
      const { missing, missingAgeMs } = world.model.promote(name, 'postgres')!;
      for (const numbered of ['east', 'west'])
        expect(missing[numbered] ?? []).toEqual(difference(acknowledged[numbered]!, held[numbered] ?? []));
      if (Object.values(missing).every((set) => countOf(set) === 0)) expect(missingAgeMs).toBe(0);
    }),
    { numRuns: 60 },
  );
});
