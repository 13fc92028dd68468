import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type Component, components } from '../../../../src/domain/action.ts';
import { siteOf, worldOf } from './world.ts';

/** Many seeds on a busy machine. */
vi.setConfig({ testTimeout: 30_000 });

type World = ReturnType<typeof worldOf>;

const doings = [
  'kill',
  'hold',
  'release',
  'pause',
  'resume',
  'off',
  'freeze',
  'on',
  'cut',
  'cut-peer',
  'mend',
  'slow',
  'stall',
  'unstall',
] as const;

/** One random deed: what, on which node, which component or peer, and how long until the next. */
const deed = fc.record({
  does: fc.constantFrom(...doings),
  node: fc.nat(),
  other: fc.nat(),
  oneWay: fc.boolean(),
  waitMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 120_000 })),
});
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;

function perform(w: World, names: readonly string[], { does, node: n, other, oneWay }: Deed): void {
  const node = names[n % names.length]!;
  const peer = names[other % names.length]!;
  const component: Component = components[other % components.length]!;
  const direction = oneWay ? 'one-way' : 'both';
  const acts: Record<Deed['does'], () => void> = {
    kill: () => w.machines.kill(node, component),
    hold: () => w.machines.hold(node, component),
    release: () => w.machines.release(node, component),
    pause: () => w.machines.pause(node, component),
    resume: () => w.machines.resume(node, component),
    off: () => w.machines.setPower(node, 'off'),
    freeze: () => w.machines.setPower(node, 'frozen'),
    on: () => w.machines.setPower(node, 'on'),
    cut: () => w.network.cutNode(node, undefined, direction),
    'cut-peer': () => w.network.cutNode(node, peer, direction),
    mend: () => w.network.restoreNode(node, undefined, 'both'),
    slow: () => w.network.slowNode(node, peer, direction, other % 3_000, 0.1),
    stall: () => w.etcd.members('east').includes(node) && w.etcd.stallDisk(node, other % 10_000),
    unstall: () => w.etcd.members('east').includes(node) && w.etcd.restoreDisk(node),
  };
  acts[does]();
}

function restoreEverything(w: World, names: readonly string[]): void {
  for (const node of names) {
    w.machines.setPower(node, 'on');
    for (const component of components) {
      w.machines.release(node, component);
      w.machines.resume(node, component);
    }
    w.network.restoreNode(node, undefined, 'both');
    for (const peer of names) w.network.restoreNode(node, peer, 'both');
  }
  for (const node of w.etcd.members('east')) w.etcd.restoreDisk(node);
}

/** Watches the laws of raft at every step: one leader per term, terms and committed revisions never fall. */
function watchLaws(w: World) {
  const leaders = new Map<number, string>();
  let term = 0;
  let committed = 0;
  return () => {
    for (const node of w.etcd.members('east')) {
      const status = w.etcd.status(node);
      if (status?.role !== 'leader') continue;
      const known = leaders.get(status.term) ?? node;
      if (known !== node) throw new Error(`two leaders in term ${status.term}: ${known}, ${node}`);
      leaders.set(status.term, node);
      if (!w.etcd.hasQuorum('east') || w.etcd.leader('east') !== node) continue;
      if (status.revision < committed) throw new Error(`a committed write is lost: ${status.revision} < ${committed}`);
      committed = status.revision;
    }
    if (w.etcd.term('east') < term) throw new Error('a term fell');
    term = w.etcd.term('east');
    for (const { okRatio, refusedRatio, hangsRatio } of [w.controlPlane.write('east'), w.controlPlane.read('east')])
      if (Math.abs(okRatio + refusedRatio + hangsRatio - 1) > 1e-9) throw new Error('shares do not sum to 1');
  };
}

function playTo(w: World, limitMs: number, check: () => void): void {
  let there = false;
  w.kernel.at(limitMs, () => {
    there = true;
  });
  while (!there) {
    w.kernel.step(limitMs);
    check();
  }
}

test.each([1, 2, 3, 5])(
  'with %i control planes, whatever was done, all is whole within 10 minutes after everything was undone',
  (controlPlanes) => {
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), fc.array(deed, { maxLength: 25 }), (seed, deeds) => {
        const w = worldOf(seed + 1, [siteOf('east', controlPlanes)]);
        const names = [...w.etcd.members('east'), 'east-worker', 'east-worker2'];
        const check = watchLaws(w);
        for (const each of deeds) {
          perform(w, names, each);
          check();
          playTo(w, w.kernel.now() + each.waitMs, check);
        }
        restoreEverything(w, names);
        const restoredMs = w.kernel.now();
        while (w.kernel.step(restoredMs + 600_000)) check();
        expect(w.etcd.whole('east')).toBe(true);
        expect(w.controlPlane.whole('east')).toBe(true);
        for (const node of names) {
          expect([node, w.controlPlane.kubeletConnected(node)]).toEqual([node, true]);
          expect([node, w.controlPlane.watchLive(node)]).toEqual([node, true]);
        }
      }),
      { numRuns: 30, seed: 11 },
    );
  },
);
