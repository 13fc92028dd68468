import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Phase, phases, type RunEvent, type RunEventBody } from '../../src/domain/event.ts';
import { readTimeline } from '../../src/run/read-timeline.ts';
import { run } from '../../src/run/run.ts';
import type { RunRequest } from '../../src/run/run-request.ts';
import { readUndoJournal } from '../../src/run/undo-journal.ts';
import { healthy, killLeader, request, sample } from './sample.ts';
import type { Script } from './scripted-platform.ts';

const ofType = <T extends RunEventBody['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
const phasesOf = (events: readonly RunEvent[]) => ofType(events, 'phase').map((event) => event.phase);
const statesOf = (events: readonly RunEvent[]) => ofType(events, 'state').map((event) => event.state);
const makeFolder = () => join(mkdtempSync(join(tmpdir(), 'run-')), 'folder');

/** Runs a script on a scripted world. */
async function play(script: Script, more: Partial<RunRequest> = {}) {
  const made = request(script, more);
  return { ...(await run(made.request)), world: made.world };
}

/** Runs and aborts at the first event that the test points out. */
async function abortAt(at: (event: RunEvent) => boolean, script: Script = healthy) {
  const abort = new AbortController();
  return play(script, {
    signal: abort.signal,
    onEvent: (event) => {
      if (at(event)) abort.abort();
    },
  });
}

describe('a run', () => {
  it('walks the life cycle, injects the resolved leader, heals and ends as told', async () => {
    const outcome = await play(healthy);
    expect(outcome).toMatchObject({ how: 'complete', because: undefined, unreverted: [], exitHints: [] });
    expect(phasesOf(outcome.events)).toEqual(phases);
    expect(statesOf(outcome.events)).toEqual(['peak', 'killing', 'returning', 'whole']);
    const target = { on: 'component', component: 'etcd', site: 'east', node: 'east-control-plane2' };
    expect(outcome.world.issued.map((action) => [action.id, action.verb, action.target])).toEqual([
      ['kill#1.0', 'process.hold', target],
      ['kill#1.0~', 'process.release', target],
    ]);
    expect(ofType(outcome.events, 'fault.healed')).toHaveLength(1);
    expect(outcome.events.map((event) => event.n)).toEqual(outcome.events.map((_, i) => i));
    expect(outcome.coverage.neverVisited).toEqual(['leaderless', 'stuck']);
  });

  it('keeps evidence of a run that went wrong before it is torn down, and of no other', async () => {
    const keptAt = async (script: Script) => {
      const { request: asked } = request(script);
      const kept: string[] = [];
      const seen: RunEvent[] = [];
      const keepEvidence = async () => void kept.push(phasesOf(seen).at(-1) ?? '');
      const platform = { ...asked.platform, keepEvidence };
      const { how } = await run({ ...asked, platform, onEvent: (event) => void seen.push(event) });
      return { how, kept };
    };
    expect(await keptAt(healthy)).toEqual({ how: 'complete', kept: [] });
    const broken: Script = { ...healthy, throwIn: 'deploy' };
    expect(await keptAt(broken)).toEqual({ how: 'failed', kept: ['teardown'] });
  });

  it('writes the same bytes for the same inputs, without a word of its folder', async () => {
    const [first, second] = [makeFolder(), makeFolder()];
    await play(healthy, { folder: first });
    await play(healthy, { folder: second });
    const text = readFileSync(join(first, 'timeline.jsonl'), 'utf8');
    expect(readFileSync(join(second, 'timeline.jsonl'), 'utf8')).toBe(text);
    expect(text).not.toContain(first);
  });

  it('writes into its folder what it gives back', async () => {
    const folder = makeFolder();
    const { events } = await play(healthy, { folder });
    expect(readTimeline(join(folder, 'timeline.jsonl'))).toEqual({
      events: JSON.parse(JSON.stringify(events)),
      torn: false,
    });
    await expect(play(healthy, { folder })).rejects.toThrow('Another run wrote into this folder');
  });

  it('has the undo on disk, with the resolved name, before it acts', async () => {
    const folder = makeFolder();
    const onDisk: unknown[] = [];
    const on = (call: string) => {
      if (call !== 'issue kill#1.0') return;
      for (const { fault, pass, actions } of readUndoJournal(folder).undos)
        onDisk.push([fault, pass, actions[0]?.target]);
    };
    await play({ ...healthy, on }, { folder });
    const target = { on: 'component', component: 'etcd', site: 'east', node: 'east-control-plane2' };
    expect(onDisk).toEqual([['kill', 1, target]]);
    expect(readUndoJournal(folder)).toMatchObject({ undos: [], gone: true, handle: { world: 'one' } });
  });

  it('proves the steady state first, and is inconclusive without it', async () => {
    const outcome = await play({
      ...healthy,
      on: (call, world) => (world.failing = call === 'provision' ? 0.5 : world.failing),
    });
    expect(outcome).toMatchObject({ how: 'failed', exitHints: [3] });
    expect(outcome.because).toContain('did not come to its steady state in warm-up: orders is not healthy');
    expect(phasesOf(outcome.events)).toEqual(['provision', 'deploy', 'warm-up', 'heal', 'teardown', 'ended']);
  });

  it('leaves objectives time after the story, and reads the data last', async () => {
    const { events } = await play(healthy);
    const atMs = (phase: Phase) => ofType(events, 'phase').find((event) => event.phase === phase)!.atMs;
    expect(atMs('story') - atMs('warm-up')).toBeGreaterThanOrEqual(20_000);
    expect(atMs('verify') - atMs('quiet')).toBeGreaterThanOrEqual(15_000);
    expect(ofType(events, 'audit')).toHaveLength(1);
  });
});

describe('an abort', () => {
  const aborting: readonly Phase[] = [
    'provision',
    'deploy',
    'warm-up',
    'steady',
    'story',
    'heal',
    'quiet',
    'verify',
    'teardown',
  ];
  it.each(aborting)('in %s heals, tears down and ends', async (phase) => {
    const outcome = await abortAt((event) => event.type === 'phase' && event.phase === phase);
    const walked = phasesOf(outcome.events);
    expect(outcome).toMatchObject({ how: 'aborted', exitHints: [4], unreverted: [] });
    expect(walked.slice(-2)).toEqual(['teardown', 'ended']);
    expect(walked.slice(walked.indexOf(phase))).toContain('teardown');
    if (phase !== 'teardown') expect(walked.slice(-3)).toEqual(['heal', 'teardown', 'ended']);
    expect(outcome.world.calls).toContain('teardown');
    expect(ofType(outcome.events, 'run.ended')).toMatchObject([{ how: 'aborted' }]);
  });

  it('after the damage undoes it and waits until it is whole', async () => {
    const outcome = await abortAt((event) => event.type === 'fault.landed');
    expect(outcome.world.issued.map((action) => action.id)).toEqual(['kill#1.0', 'kill#1.0~']);
    expect(ofType(outcome.events, 'fault.healed')).toHaveLength(1);
    expect(outcome).toMatchObject({ how: 'aborted', exitHints: [4] });
  });

  it('in the very instant of an injection waits for its outcome before it calls it healed', async () => {
    const outcome = await abortAt((event) => event.type === 'fault.injected');
    const order = outcome.events.map((event) => event.type).filter((type) => type.startsWith('fault.'));
    expect(order.indexOf('fault.landed')).toBeLessThan(order.indexOf('fault.healed'));
    expect(outcome.unreverted).toEqual([]);
    const acts = outcome.events.flatMap((event) =>
      event.type === 'action.landed' || event.type === 'action.issued' ? [`${event.type} ${event.undo}`] : [],
    );
    expect(acts.slice(0, 3), 'an undo never overtakes its act').toEqual([
      'action.issued false',
      'action.landed false',
      'action.issued true',
    ]);
  });

  it('a second time stops the waiting and names what is broken', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const onEvent = (event: RunEvent) => {
      if (event.type === 'fault.landed') first.abort();
      if (event.type === 'fault.healing') second.abort();
    };
    const outcome = await play(healthy, { signal: first.signal, operatorSignal: second.signal, onEvent });
    expect(outcome.exitHints).toContain(5);
    expect(outcome.unreverted[0]).toMatchObject({ fault: 'kill', pass: 1 });
  });
});

describe('an error', () => {
  it.each(['provision', 'deploy', 'warmUp', 'play', 'audit', 'stop'])(
    'in %s still heals and tears down',
    async (call) => {
      const outcome = await play({ ...healthy, throwIn: call });
      expect(outcome).toMatchObject({ how: 'failed', unreverted: [] });
      expect(outcome.because).toContain(`${call} broke`);
      expect(phasesOf(outcome.events).slice(-3)).toEqual(['heal', 'teardown', 'ended']);
      expect(outcome.world.calls).toContain('teardown');
    },
  );
});

describe('a platform that breaks', () => {
  it('in the act still heals and tears down', async () => {
    const outcome = await play({ ...healthy, throwIn: 'issue kill#1.0' });
    expect(outcome).toMatchObject({ how: 'failed', exitHints: [70, 5] });
    expect(outcome.because).toContain('issue kill#1.0 broke');
    expect(outcome.unreverted).toMatchObject([{ fault: 'kill', missing: ['the outcome of its own actions'] }]);
    expect(phasesOf(outcome.events).slice(-3)).toEqual(['heal', 'teardown', 'ended']);
  });

  it('in the undo names what is left, and tears down', async () => {
    const outcome = await play({ ...healthy, throwIn: 'issue kill#1.0~' });
    expect(outcome.exitHints).toContain(5);
    expect(outcome.world.calls).toContain('teardown');
  });
});

describe('a fault', () => {
  it('whose act has no proof did not land, and the story does not count from it', async () => {
    const outcome = await play(healthy, { duds: ['kill'] });
    expect(ofType(outcome.events, 'fault.failed')).toMatchObject([{ fault: 'kill', reason: 'no proof within 10 s' }]);
    expect(ofType(outcome.events, 'fault.landed')).toEqual([]);
    expect(statesOf(outcome.events)).toEqual(['peak', 'killing', 'leaderless']);
    expect(outcome.unreverted).toEqual([]);
  });

  it('without a target fails before anything is done', async () => {
    const outcome = await play({ ...healthy, facts: [['etcd.whole', { site: 'east' }, true]] });
    expect(ofType(outcome.events, 'fault.failed')).toMatchObject([
      { reason: 'No leader is known among the etcd of east' },
    ]);
    expect(outcome.world.issued).toEqual([]);
  });

  it('that the platform cannot do fails before anything is done', async () => {
    const outcome = await play({ ...healthy, verbs: ['process.release'] });
    expect(ofType(outcome.events, 'fault.failed')).toMatchObject([
      { reason: 'The platform scripted cannot process.hold' },
    ]);
    expect(outcome.world.issued).toEqual([]);
  });

  it('whose undo does not make it whole is named and exits 5', async () => {
    const never: Script = {
      ...healthy,
      act: (action, world) => (action.verb === 'process.release' ? { tookMs: 100 } : healthy.act!(action, world)),
    };
    const outcome = await play(never);
    expect(outcome.unreverted).toEqual([{ fault: 'kill', pass: 1, missing: ['etcd.whole of east'] }]);
    expect(outcome.exitHints).toEqual([5]);
    expect(outcome.world.calls).toContain('teardown');
  });

  it('is not called whole by facts that are older than its landing can show', async () => {
    const slow: Script = {
      ...healthy,
      act: (action, world) => {
        if (action.verb === 'process.hold') world.after(1_000, () => world.set('etcd.whole', { site: 'east' }, false));
        if (action.verb === 'process.release')
          world.after(5_000, () => world.set('etcd.whole', { site: 'east' }, true));
        return { tookMs: 100 };
      },
    };
    const outcome = await abortAt((event) => event.type === 'fault.landed', slow);
    const healed = ofType(outcome.events, 'fault.healed')[0]!;
    const landed = ofType(outcome.events, 'fault.landed')[0]!;
    expect(healed.wholeMs - landed.toMs).toBeGreaterThan(4_000);
  });

  it('is not injected with --no-faults, and a story that only waits for it is given up after a minute', async () => {
    const patient = sample({
      story: ({ story, inject, when, ends }) =>
        story({
          initial: 'peak',
          states: {
            peak: { when: when('load.peaked', 'killing') },
            killing: { entry: inject('kill'), when: when('etcd.leader', { site: 'east', since: 'kill' }, 'whole') },
            whole: ends('expected'),
          },
        }),
    });
    const outcome = await play(healthy, { noFaults: true, scenario: patient });
    expect(outcome.world.issued).toEqual([]);
    expect(ofType(outcome.events, 'fault.injected')).toMatchObject([{ skipped: true }]);
    const [killing, stuck] = ofType(outcome.events, 'state').slice(-2);
    expect(stuck).toMatchObject({
      ending: 'inconclusive',
      because: 'waits for a fault that is not injected; it stood in killing',
    });
    expect(stuck!.atMs - killing!.atMs).toBe(60_000);
    expect(outcome.how).toBe('complete');
  });

  it('of several is healed newest first', async () => {
    const two = sample({
      story: ({ story, inject, when, ends }) =>
        story({
          initial: 'first',
          states: {
            first: { entry: inject('kill'), when: when('load.peaked', 'second') },
            second: { entry: inject('kill'), when: when('etcd.leader', { site: 'east', since: 'kill' }, 'whole') },
            whole: ends('expected'),
          },
        }),
    });
    const outcome = await play(healthy, { scenario: two });
    expect(outcome.world.issued.map((action) => action.id)).toEqual(['kill#1.0', 'kill#2.0', 'kill#2.0~', 'kill#1.0~']);
    expect(ofType(outcome.events, 'fault.landed').map((event) => event.pass)).toEqual([1, 2]);
  });

  it('that hits several things has one undo for each, and lands when all have', async () => {
    const { undo, ...rest } = killLeader;
    const [action] = rest.actions;
    const all = {
      ...rest,
      actions: [{ ...action!, target: { on: 'component', component: 'etcd', site: 'east', member: 'all' } as const }],
      undo,
    };
    let nth = 0;
    const outcome = await play(
      {
        ...healthy,
        act: (asked, world) => (asked.verb === 'process.hold' ? { tookMs: 100 * ++nth } : healthy.act!(asked, world)),
      },
      { scenario: sample({ faults: { kill: all } }) },
    );
    expect(outcome.world.issued.map(({ id }) => id)).toEqual([
      'kill#1.0',
      'kill#1.1',
      'kill#1.2',
      'kill#1.0~',
      'kill#1.1~',
      'kill#1.2~',
    ]);
    const [landed] = ofType(outcome.events, 'fault.landed');
    expect(landed!.toMs - landed!.fromMs).toBe(300);
  });
});

describe('a story', () => {
  it('without an ending within its limit is inconclusive, and the run goes on', async () => {
    const outcome = await play({ ...healthy, play: () => {} }, { scenario: sample({ limitMs: 90_000 }) });
    expect(ofType(outcome.events, 'state').at(-1)).toMatchObject({
      ending: 'inconclusive',
      because: 'no ending within its limit of 90 s; it stood in peak',
    });
    expect(phasesOf(outcome.events)).toEqual(phases);
    expect(outcome.how).toBe('complete');
  });

  it('that ended takes its time-outs with it', async () => {
    const { events } = await play({
      ...healthy,
      play: (world) => world.after(1_000, () => world.set('load.peaked', {}, true)),
    });
    expect(ofType(events, 'transition').map((event) => event.cause)).toEqual(['start', 'fact', 'fact', 'fact']);
  });
});

describe('a stop condition', () => {
  const careful = sample({ stopWhen: [{ service: 'orders', successRatioMin: 0.9, forMs: 5_000 }] });
  const failingFrom = (atMs: number, forMs: number): Script => ({
    ...healthy,
    play: (world) => {
      world.after(atMs, () => {
        world.failing = 0.5;
      });
      world.after(atMs + forMs, () => {
        world.failing = 0;
      });
    },
  });

  it('aborts and heals when the SLI is worse for long enough', async () => {
    const outcome = await play(failingFrom(10_000, 60_000), { scenario: careful });
    expect(ofType(outcome.events, 'stop')).toMatchObject([{ condition: 'orders under 90 %' }]);
    expect(outcome).toMatchObject({ how: 'aborted', exitHints: [4] });
    expect(outcome.because).toContain('stop condition: orders under 90 %');
    expect(phasesOf(outcome.events).slice(-3)).toEqual(['heal', 'teardown', 'ended']);
  });

  it('does not for a shorter while', async () => {
    const outcome = await play(failingFrom(10_000, 3_000), {
      scenario: sample({ ...{ stopWhen: careful.stopWhen }, limitMs: 60_000 }),
    });
    expect(ofType(outcome.events, 'stop')).toEqual([]);
  });
});
