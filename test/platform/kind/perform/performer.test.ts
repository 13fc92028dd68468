/** Carrying out actions: when an outcome comes, what interval it names, and that nothing hangs. */
import { describe, expect, test } from 'vitest';
import type { Action, ActionOutcome, Verb } from '../../../../src/domain/action.ts';
import type { BetweenVerbs } from '../../../../src/platform/kind/between-verbs.ts';
import { createPerformer } from '../../../../src/platform/kind/perform/performer.ts';
import type { Doing, VerbGroup } from '../../../../src/platform/kind/perform/verb.ts';
import { realVerbs } from '../../../../src/platform/kind/perform/verbs.ts';
import { createWallClock } from '../../../../src/platform/kind/wall-clock.ts';
import type { KindWorld } from '../../../../src/platform/kind/world.ts';

const world = { clock: createWallClock() } as KindWorld;
const between = {} as BetweenVerbs;

const action = (id: string, dud = false): Action => ({
  id,
  verb: 'node.kill',
  target: { on: 'node', site: 'east', node: 'east-worker' },
  args: {},
  dud,
});

/** A verb that changes one thing, which its probe sees. */
function switching(limitMs = 1_000) {
  const seen = { acts: 0, on: false };
  const doing: Doing = {
    act: async () => {
      seen.acts++;
      seen.on = true;
    },
    probe: async () => (seen.on ? 'it is on' : undefined),
  };
  return { seen, group: group(async () => doing, limitMs) };
}

const group = (begin: () => Promise<Doing>, limitMs = 1_000): VerbGroup => ({ 'node.kill': { limitMs, begin } });

function outcomeOf(verbs: VerbGroup, what: Action): Promise<ActionOutcome> {
  return new Promise((resolve) => createPerformer(world, between, verbs).issue(what, resolve));
}

describe('an action', () => {
  test('landed between the last look that found it whole and the first that did not', async () => {
    const before = world.clock.now();
    const outcome = await outcomeOf(switching().group, action('a#1.0'));
    expect(outcome).toMatchObject({ landed: true, proof: 'it is on' });
    if (!outcome.landed) return;
    expect(outcome.fromMs).toBeGreaterThanOrEqual(before);
    expect(outcome.toMs).toBeGreaterThanOrEqual(outcome.fromMs);
  });

  test('has its outcome only after the call has returned', async () => {
    let inside = true;
    const late = await new Promise<boolean>((resolve) => {
      createPerformer(world, between, {}).issue(action('a#1.0'), () => resolve(!inside));
      inside = false;
    });
    expect(late).toBe(true);
  });

  test('is carried out once, whoever asks again', async () => {
    const { seen, group: verbs } = switching();
    const performer = createPerformer(world, between, verbs);
    await new Promise((resolve) => performer.issue(action('a#1.0'), resolve));
    performer.issue(action('a#1.0'), () => {
      throw new Error('a second outcome');
    });
    expect(seen.acts).toBe(1);
  });

  test('that is a dud does nothing and is not proven', async () => {
    const { seen, group: verbs } = switching(250);
    expect(await outcomeOf(verbs, action('a#1.0', true))).toMatchObject({
      landed: false,
      reason: 'no proof within 0.25 s',
    });
    expect(seen.acts).toBe(0);
  });

  test('that cannot be begun says why', async () => {
    const broken = group(() => Promise.reject(new Error('No such node')));
    expect(await outcomeOf(broken, action('a#1.0'))).toMatchObject({ landed: false, reason: 'No such node' });
  });

  test('whose order failed says why', async () => {
    const doing: Doing = { act: () => Promise.reject(new Error('refused')), probe: async () => undefined };
    expect(
      await outcomeOf(
        group(async () => doing),
        action('a#1.0'),
      ),
    ).toMatchObject({
      landed: false,
      reason: 'refused',
    });
  });

  test('that hangs is given up at its limit', async () => {
    const never: Doing = { act: () => new Promise(() => {}), probe: () => new Promise(() => {}) };
    expect(
      await outcomeOf(
        group(async () => never, 200),
        action('a#1.0'),
      ),
    ).toMatchObject({ landed: false });
  });

  test('ends when the performer is stopped', async () => {
    const never: Doing = { act: () => new Promise(() => {}), probe: async () => undefined };
    const performer = createPerformer(
      world,
      between,
      group(async () => never, 60_000),
    );
    const outcome = new Promise<ActionOutcome>((resolve) => performer.issue(action('a#1.0'), resolve));
    setImmediate(() => performer.stop());
    expect(await outcome).toMatchObject({ landed: false, reason: 'the run ended' });
  });
});

test('a look that cannot see does not count as whole', async () => {
  let looks = 0;
  const doing: Doing = {
    act: async () => {},
    probe: async () => {
      looks++;
      if (looks === 1) return undefined;
      if (looks < 4) throw new Error('blind');
      return 'changed';
    },
  };
  const outcome = await outcomeOf(
    group(async () => doing),
    action('a#1.0'),
  );
  // One look whole, two blind: at least two periods of 100 ms lie between.
  expect(outcome.landed && outcome.toMs - outcome.fromMs).toBeGreaterThanOrEqual(200);
});

test('an undo that fails is tried again', async () => {
  let tries = 0;
  const doing: Doing = {
    act: async () => {
      if (++tries < 2) throw new Error('the node is off');
    },
    probe: async () => (tries < 2 ? undefined : 'undone'),
  };
  expect(
    await outcomeOf(
      group(async () => doing),
      action('a#1.0~'),
    ),
  ).toMatchObject({ landed: true, proof: 'undone' });
});

test('the verbs are declared', () => {
  const declared: ReadonlySet<Verb> = createPerformer(world, between).verbs;
  expect([...declared].sort()).toEqual(Object.keys(realVerbs).sort());
});
