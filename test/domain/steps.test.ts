import { describe, expect, it } from 'vitest';
import { defineScenario } from '../../src/domain/define-scenario.ts';
import { around } from './scenario-sample.ts';

describe('a list of steps', () => {
  it('becomes the statechart that one would have written by hand', () => {
    const { story, waits } = defineScenario(
      around(({ steps, inject, heal, fact }) =>
        steps([
          { name: 'peak', until: fact('load.peaked') },
          {
            name: 'breaking',
            do: [inject('kill'), inject('cut')],
            until: [fact('etcd.quorum', { site: 'east', not: true })],
            withinMs: 30_000,
          },
          { name: 'pause', waits: 'a minute without a quorum', forMs: 60_000 },
          {
            name: 'healing',
            do: heal('kill'),
            until: fact('etcd.whole', { site: 'east', since: 'kill' }),
            withinMs: 120_000,
          },
        ]),
      ),
    );
    expect(Object.keys(story.states)).toEqual([
      'peak',
      'breaking',
      'breaking-overdue',
      'pause',
      'healing',
      'healing-overdue',
      'done',
    ]);
    expect(story.states.breaking).toEqual({
      entry: [
        { do: 'inject', fault: 'kill' },
        { do: 'inject', fault: 'cut' },
      ],
      when: [{ conditions: [{ fact: 'etcd.quorum', subject: { site: 'east' }, not: true }], target: 'pause' }],
      after: { 30000: 'breaking-overdue' },
    });
    expect(story.states['breaking-overdue']?.ends).toEqual({
      how: 'failed',
      because: 'step breaking took longer than 30 s',
    });
    expect(waits).toEqual({ pause: 'a minute without a quorum' });
  });

  it("refuses a name that comes twice, or that is the ending's", () => {
    const twice = around(({ steps, inject, fact }) =>
      steps([
        { name: 'peak', do: [inject('kill'), inject('cut')], until: fact('load.peaked') },
        { name: 'peak', until: fact('load.fell') },
        { name: 'done', until: fact('load.fell') },
      ]),
    );
    expect(() => defineScenario(twice)).toThrow(/got `peak \(again\)`[\s\S]*got `done \(again\)`/);
  });
});
