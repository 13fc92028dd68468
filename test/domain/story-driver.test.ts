import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { defineScenario } from '../../src/domain/define-scenario.ts';
import { createFactFold, type FactName, type FactValue, type Subject } from '../../src/domain/fact.ts';
import type { StoryDefinition } from '../../src/domain/story.ts';
import { coverageOf } from '../../src/domain/story-coverage.ts';
import { createStoryDriver } from '../../src/domain/story-driver.ts';
import type { StoryTools } from '../../src/domain/story-tools.ts';
import { around } from './scenario-sample.ts';

type Tools = StoryTools<'kill' | 'cut'>;
const east = { site: 'east' };

/** A story on a clock that a test turns by hand: facts of an instant first, then `close` lets its time-outs fire. */
function play(written: (tools: Tools) => StoryDefinition) {
  const { story } = defineScenario(around(written));
  const facts = createFactFold();
  const log: string[] = [];
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const clock: Clock = {
    now: () => nowMs,
    at: (atMs, run) => {
      const timer = { atMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
  const driver = createStoryDriver({
    story,
    facts,
    clock,
    effects: {
      took: ({ from, to, cause, text }) => void log.push(`${from} → ${to} by ${cause}: ${text}`),
      entered: ({ state }) => void log.push(state),
      inject: (fault) => void log.push(`inject ${fault}`),
      heal: (fault) => void log.push(`heal ${fault}`),
      ended: (error) => void log.push(error === undefined ? 'ended' : `broken: ${error.message}`),
    },
  });
  const close = (atMs: number) => {
    for (;;) {
      const due = timers.filter((timer) => timer.atMs <= atMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      timers = timers.filter((timer) => timer !== due);
      nowMs = due.atMs;
      due.run();
    }
    nowMs = atMs;
  };
  const see = (fact: FactName, subject: Subject, value: FactValue, atMs = nowMs) => {
    facts.take({ fact, subject, value, atMs }, nowMs);
    driver.observed(fact);
  };
  return {
    driver,
    log,
    states: () => log.filter((line) => !line.includes(' ')),
    see,
    close,
    /** Time goes to just before this instant's close. */
    until: (atMs: number) => {
      close(atMs - 1);
      nowMs = atMs;
    },
  };
}

const simple = ({ story, inject, when, ends }: Tools) =>
  story({
    initial: 'breaking',
    states: {
      breaking: {
        entry: [inject('kill'), inject('cut')],
        when: when('etcd.leader', { ...east, since: 'kill' }, 'whole'),
        after: { 1000: 'late' },
      },
      whole: ends('expected'),
      late: ends('failed', 'too late'),
    },
  });

describe('a story', () => {
  it('is moved on by a fact that was there before the state was entered', () => {
    const told = play(({ story, inject, when, ends }) =>
      story({
        initial: 'first',
        states: {
          first: { entry: [inject('kill'), inject('cut')], when: when('load.peaked', 'second') },
          second: { when: when('etcd.whole', east, 'whole') },
          whole: ends('expected'),
        },
      }),
    );
    told.see('etcd.whole', east, true);
    told.driver.start();
    told.see('load.peaked', {}, true);
    expect(told.states()).toEqual(['first', 'second', 'whole', 'ended']);
  });

  it('lets facts of an instant come before the time-out of that instant', () => {
    const told = play(simple);
    told.driver.start();
    told.driver.landed('kill', 0);
    told.until(1_000);
    told.see('etcd.leader', east, 'east-control-plane');
    told.close(1_000);
    expect(told.states()).toEqual(['breaking', 'whole', 'ended']);
    expect(told.log).toContain('breaking → whole by fact: etcd.leader of east since kill: east-control-plane');
  });

  it('fires the time-out at the close of its instant when no fact came', () => {
    const told = play(simple);
    told.driver.start();
    told.close(999);
    expect(told.states()).toEqual(['breaking']);
    told.close(1_000);
    expect(told.states()).toEqual(['breaking', 'late', 'ended']);
    expect(told.log).toContain('breaking → late by after: after 1 s');
  });

  it('counts with `since` only what became so after the landing, and nothing before it', () => {
    const told = play(simple);
    told.driver.start();
    told.see('etcd.leader', east, 'old', 0);
    told.driver.landed('kill', 10);
    expect(told.states()).toEqual(['breaking']);
    told.see('etcd.leader', east, 'old', 500);
    expect(told.states()).toEqual(['breaking']);
    told.see('etcd.leader', east, 'new', 10);
    expect(told.states()).toEqual(['breaking', 'whole', 'ended']);
  });

  it('moves when the landing is told after the fact', () => {
    const told = play(simple);
    told.driver.start();
    told.see('etcd.leader', east, 'new', 500);
    told.driver.landed('kill', 400);
    expect(told.states()).toEqual(['breaking', 'whole', 'ended']);
  });

  const cycle = ({ story, inject, heal, all, fact, passes, ends }: Tools) =>
    story({
      initial: 'failing',
      states: {
        failing: {
          entry: inject('kill'),
          when: all([fact('etcd.leader', { ...east, since: 'kill' })], 'returning'),
          after: { 5000: 'late' },
        },
        returning: {
          entry: [heal('kill'), inject('cut')],
          when: [
            all([fact('etcd.whole', { ...east, since: 'kill' }), passes('kill', { max: 1 })], 'failing'),
            all([fact('etcd.whole', { ...east, since: 'kill' }), passes('kill', { min: 2 })], 'whole'),
          ],
        },
        whole: ends('expected'),
        late: ends('failed', 'too late'),
      },
    });

  it('goes through a cycle twice, each pass counting from its own landing', () => {
    const told = play(cycle);
    told.driver.start();
    told.driver.landed('kill', 0);
    told.close(1);
    told.see('etcd.leader', east, 'a');
    told.see('etcd.whole', east, true);
    expect(told.states()).toEqual(['failing', 'returning', 'failing']);
    told.close(100);
    told.driver.landed('kill', 100);
    expect(told.states()).toEqual(['failing', 'returning', 'failing']);
    told.close(200);
    told.see('etcd.leader', east, 'b');
    told.see('etcd.whole', east, false);
    told.see('etcd.whole', east, true);
    expect(told.states()).toEqual(['failing', 'returning', 'failing', 'returning', 'whole', 'ended']);
  });

  it('arms a time-out anew when its state is entered again, and not from the first time', () => {
    const told = play(cycle);
    told.driver.start();
    told.driver.landed('kill', 0);
    told.close(3_000);
    told.see('etcd.leader', east, 'a');
    told.see('etcd.whole', east, true);
    told.close(7_999);
    expect(told.states()).toEqual(['failing', 'returning', 'failing']);
    told.close(8_000);
    expect(told.states()).toEqual(['failing', 'returning', 'failing', 'late', 'ended']);
  });

  it('restarts the time-out of a state that leads to itself', () => {
    const told = play(({ story, inject, when, all, passes, ends }) =>
      story({
        initial: 'again',
        states: {
          again: {
            entry: [inject('kill'), inject('cut')],
            when: when('etcd.whole', { ...east, since: 'kill' }, 'again'),
            after: { 1000: 'done' },
          },
          done: { when: all([passes('kill', { min: 2 })], 'whole'), waits: 'x', after: { 10: 'late' } },
          whole: ends('expected'),
          late: ends('failed', 'once only'),
        },
      }),
    );
    told.driver.start();
    told.driver.landed('kill', 0);
    told.close(900);
    told.see('etcd.whole', east, true);
    told.close(1_899);
    expect(told.states()).toEqual(['again', 'again']);
    told.close(1_900);
    expect(told.states()).toEqual(['again', 'again', 'done', 'whole', 'ended']);
  });

  it('plays regions side by side and goes on when all are complete', () => {
    const told = play(({ story, inject, when, ends }) =>
      story({
        initial: 'both',
        states: {
          both: {
            entry: [inject('kill'), inject('cut')],
            regions: {
              left: { initial: 'l', states: { l: { when: when('etcd.whole', east, 'ldone') }, ldone: ends('region') } },
              right: { initial: 'r', states: { r: { waits: 'x', after: { 50: 'rdone' } }, rdone: ends('region') } },
            },
            done: 'whole',
          },
          whole: ends('expected'),
        },
      }),
    );
    told.driver.start();
    expect(told.driver.active()).toEqual(['both', 'left', 'l', 'right', 'r']);
    told.close(50);
    expect(told.states()).toEqual(['both', 'l', 'r', 'rdone']);
    told.see('etcd.whole', east, true);
    expect(told.states()).toEqual(['both', 'l', 'r', 'rdone', 'ldone', 'whole', 'ended']);
    expect(told.log).toContain('both → whole by done: complete');
  });

  it('leaves nested states by a way of the state around them', () => {
    const told = play(({ story, inject, when, ends }) =>
      story({
        initial: 'outer',
        states: {
          outer: {
            entry: [inject('kill'), inject('cut')],
            initial: 'inner',
            states: {
              inner: { when: when('etcd.quorum', east, 'deeper') },
              deeper: { waits: 'x', after: { 10: 'inner' } },
            },
            when: when('load.fell', 'whole'),
          },
          whole: ends('expected'),
        },
      }),
    );
    told.driver.start();
    told.see('etcd.quorum', east, true);
    told.see('load.fell', {}, true);
    expect(told.states()).toEqual(['outer', 'inner', 'deeper', 'whole', 'ended']);
    told.close(1_000);
    expect(told.states().at(-1)).toBe('ended');
  });

  it('that goes in circles without rest is broken, not endless', () => {
    const told = play(({ story, inject, when, ends }) =>
      story({
        initial: 'a',
        states: {
          a: { entry: [inject('kill'), inject('cut')], when: when('load.peaked', 'b') },
          b: { when: [when('load.peaked', 'a'), when('load.fell', 'whole')] },
          whole: ends('expected'),
        },
      }),
    );
    told.driver.start();
    told.see('load.peaked', {}, true);
    expect(told.log.at(-1)).toMatch(/^broken: The story goes in circles/);
  });

  it('hands nothing out once it was stopped', () => {
    const told = play(simple);
    told.driver.start();
    told.driver.stop();
    told.driver.landed('kill', 0);
    told.see('etcd.leader', east, 'new');
    told.close(5_000);
    expect(told.states()).toEqual(['breaking']);
  });
});

describe('coverage', () => {
  it('says which states and transitions were never visited', () => {
    const { story } = defineScenario(around(simple));
    const at = { atMs: 0, seenMs: 0 };
    const coverage = coverageOf(story, [
      { n: 0, ...at, type: 'state', state: 'breaking' },
      { n: 1, ...at, type: 'transition', from: 'breaking', to: 'late', cause: 'after', text: '' },
      { n: 2, ...at, type: 'state', state: 'late', ending: 'failed', because: '' },
    ]);
    expect(coverage).toEqual({
      visited: ['breaking', 'late'],
      neverVisited: ['whole'],
      transitionsTaken: ['breaking → late (after 1 s)'],
      transitionsNeverTaken: ['breaking → whole (etcd.leader of east since kill)'],
    });
  });
});
