import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { defineScenario, type ScenarioInput } from '../../src/domain/define-scenario.ts';
import type { StoryDefinition } from '../../src/domain/story.ts';
import type { StoryTools } from '../../src/domain/story-tools.ts';
import { around, fault, objective } from './scenario-sample.ts';

const messagesOf = (input: unknown): readonly string[] => {
  try {
    defineScenario(input as ScenarioInput<string>);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).problems.map((problem) => `${problem.message} ${problem.hint ?? ''}`.trim());
  }
};
/** The story as plain JavaScript would write it: no compiler looks. */
const loosely = (story: (tools: Record<keyof StoryTools<string>, (...args: unknown[]) => never>) => unknown) =>
  around(story as unknown as (tools: StoryTools<'kill' | 'cut'>) => StoryDefinition);

describe('defineScenario', () => {
  it('gives plain data, with the reasons of states that only time leads out of', () => {
    const scenario = defineScenario(
      around(({ story, inject, heal, when, ends }) =>
        story({
          initial: 'breaking',
          states: {
            breaking: {
              entry: [inject('kill'), inject('cut')],
              when: when('etcd.whole', { site: 'east', since: 'kill' }, 'waiting'),
            },
            waiting: { entry: heal('cut'), waits: 'a minute on two members', after: { 60000: 'whole' } },
            whole: ends('expected'),
          },
        }),
      ),
    );
    expect(scenario.waits).toEqual({ waiting: 'a minute on two members' });
    expect(scenario.story.states.breaking?.when).toEqual([
      { conditions: [{ fact: 'etcd.whole', subject: { site: 'east' }, since: 'kill' }], target: 'waiting' },
    ]);
    expect(scenario).toMatchObject({ set: [], stopWhen: [], twins: {} });
  });

  it('names every mistake of a story at once', () => {
    const messages = messagesOf(
      loosely(({ story, inject, when, ends }) =>
        story({
          initial: 'pek',
          states: {
            peak: { entry: inject('kil'), when: when('load.peakd', 'killing') },
            killing: {
              when: [
                when('etcd.leader', { since: 'cutt' }, 'gone'),
                when('load.fell', { min: 3, sit: 'east' }, 'whole'),
              ],
            },
            7: { after: { 0: 'whole', 400000: 'whole' } },
            whole: ends('failed', ''),
          },
        } as never),
      ),
    );
    expect(messages.map((message) => message.replace('Scenario `sample`: ', ''))).toEqual([
      'Expected a state name of letters, digits and hyphens that begins with a letter, got `7`',
      'Expected `initial` of the story to be one of its states, got `pek` States: 7, peak, killing, whole. Did you mean "peak"?',
      'State `killing` leads to `gone`, which does not exist States: 7, peak, killing, whole.',
      'Ending `whole` is `failed` but does not say why',
      "Expected the time-out of state `7` to be 1 to 300000 ms (the story's limit), got `0`",
      "Expected the time-out of state `7` to be 1 to 300000 ms (the story's limit), got `400000`",
      'State `peak` injects `kil`, which no fault defines Faults: kill, cut. Did you mean "kill"?',
      'State `peak`: There is no fact `load.peakd` Facts: load.started, load.peaked, load.fell. Did you mean "load.peaked"?',
      'State `killing`: Fact `etcd.leader` needs its subject: `site` is missing',
      'State `killing`: `since: \'cutt\'` names no fault Faults: kill, cut. Did you mean "cut"?',
      'State `killing`: Fact `load.fell` has no `sit` Bounds: is, min, max, not, since.',
      'State `killing`: Fact `load.fell` is boolean, so `min` and `max` can never hold',
      'The story has no ending that is expected',
      'The story never injects or performs `kill`',
      'The story never injects or performs `cut`',
    ]);
  });

  it.each([
    [
      'unreachable states and dead ends',
      ({ story, inject, when, ends }: StoryTools<'kill' | 'cut'>) =>
        story({
          initial: 'a',
          states: {
            a: { entry: [inject('kill'), inject('cut')], when: when('load.peaked', 'dead') },
            dead: {},
            lonely: { when: when('load.peaked', 'whole') },
            whole: ends('expected'),
          },
        }),
      ['State `dead` is a dead end', 'State `lonely` is never reached', 'State `whole` is never reached'],
    ],
    [
      'time-outs that do not say why',
      ({ story, inject, ends }: StoryTools<'kill' | 'cut'>) =>
        story({
          initial: 'a',
          states: { a: { entry: [inject('kill'), inject('cut')], after: { 10: 'whole' } }, whole: ends('expected') },
        }),
      ['State `a` can be left by a time-out only'],
    ],
    [
      'endings inside and outside of regions',
      ({ story, inject, ends }: StoryTools<'kill' | 'cut'>) =>
        story({
          initial: 'both',
          states: {
            both: {
              entry: [inject('kill'), inject('cut')],
              regions: { one: { initial: 'x', states: { x: ends('expected') } } },
              done: 'whole',
            },
            whole: ends('expected'),
            other: ends('region'),
          },
        }),
      ['State `x` ends the story but stands inside `both`', 'State `other` ends a region but stands at the top level'],
    ],
    [
      'a name used twice',
      ({ story, inject, ends }: StoryTools<'kill' | 'cut'>) =>
        story({
          initial: 'both',
          states: {
            both: {
              entry: [inject('kill'), inject('cut')],
              regions: { one: { initial: 'whole', states: { whole: ends('region') } } },
              done: 'whole',
            },
            whole: ends('expected'),
          },
        }),
      ['Expected state names to be unique over the whole story, got `whole` twice'],
    ],
  ])('refuses %s', (_what, story, expected) => {
    const messages = messagesOf(around(story));
    for (const text of expected) expect(messages.join('\n')).toContain(text);
    expect(messages).toHaveLength(expected.length);
  });

  it('refuses twins and objectives that name nothing, and limits out of range', () => {
    const story = ({ steps, inject, fact }: StoryTools<'kill' | 'cut'>) =>
      steps([{ name: 'breaking', do: [inject('kill'), inject('cut')], until: fact('load.peaked'), withinMs: 1_000 }]);
    const twins = { weak: { says: 'weak', set: ['a=b'], flips: ['nothing'], keeps: ['story'] } };
    const asks = { ...objective, needs: { faults: ['kil'], slis: [] } };
    const messages = messagesOf(around(story, { twins, objectives: [asks, asks], limitMs: 900_001 }));
    expect(messages.join('\n')).toContain('Expected `limitMs` to be 1 to 900000 ms');
    expect(messages.join('\n')).toContain('Twin `weak` names the objective `nothing`');
    expect(messages.join('\n')).toContain('names the fault `kil`, which is not defined');
    expect(messages.join('\n')).toContain('Objective `something` is there twice');
  });

  it('refuses verbs of etcd and of its disk on other components', () => {
    const story = ({ story, ends }: StoryTools<'kill' | 'cut'>) =>
      story({ initial: 'a', states: { a: ends('expected') } });
    const on = (verb: 'etcd.wipe' | 'disk.stall', component: 'etcd' | 'kubelet') => {
      return {
        ...fault,
        actions: [{ verb, target: { on: 'component' as const, component, site: 'east', member: 'one' as const } }],
      };
    };
    const faults = { kill: on('etcd.wipe', 'kubelet'), cut: on('disk.stall', 'etcd') };
    const messages = messagesOf(around(story, { faults })).filter((message) => message.includes('acts on'));
    expect(messages).toEqual(['Scenario `sample`: Fault `kill`: `etcd.wipe` acts on a member of etcd, not on kubelet']);
  });

  it.each([
    [null],
    ['a scenario'],
    [{}],
    [{ ...around(() => null as never), story: () => null }],
    [{ ...around(() => null as never), faults: { kill: null } }],
    [
      {
        ...around(() => null as never),
        faults: { kill: { ...fault, undo: { actions: [null], until: [3], limitMs: 'x' } } },
      },
    ],
    [
      {
        ...around(() => null as never),
        story: () => ({ initial: 'a', states: { a: null, b: { when: 'x', entry: 3 } } }),
      },
    ],
    [
      loosely(({ story, when, all }) =>
        story({ initial: 'a', states: { a: { when: [when(), all(null, 'a')], stats: {} } } } as never),
      ),
    ],
    [loosely(({ story }) => story({ initial: 'a', states: { a: null, b: { regions: { x: null } } } } as never))],
    [loosely(({ story }) => story(null as never))],
    [{ ...around(() => null as never), objectives: [null, 3], twins: { a: null }, stopWhen: [null], extra: 1 }],
  ])('tells what is wrong with malformed input and never breaks (%#)', (input) => {
    expect(messagesOf(input).length).toBeGreaterThan(0);
  });
});

describe('the compiler finds', () => {
  it('wrong names at definition (checked by the type checker; the code never runs)', () => {
    const never = () => {
      defineScenario({
        ...around(null as never),
        faults: { kill: fault },
        story: ({ story, inject, heal, when, fact, all, ends }) =>
          story({
            // @ts-expect-error no such state
            initial: 'pek',
            states: {
              // @ts-expect-error no such fault
              peak: { entry: inject('kil') },
              // @ts-expect-error no such fault to heal
              a: { entry: heal('kil') },
              // @ts-expect-error no such target
              b: { when: when('load.peaked', 'pek') },
              // @ts-expect-error no such target among several
              c: { when: [when('load.peaked', 'peak'), when('load.fell', 'pek')] },
              // @ts-expect-error no such target after a time-out
              d: { after: { 10: 'pek' } },
              // @ts-expect-error no such fact
              e: { when: when('load.peakd', 'peak') },
              // @ts-expect-error the subject is missing
              f: { when: when('etcd.leader', 'peak') },
              // @ts-expect-error the site is missing
              g: { when: when('etcd.leader', { since: 'kill' }, 'peak') },
              // @ts-expect-error no such fault to count from
              h: { when: when('etcd.leader', { site: 'east', since: 'kil' }, 'peak') },
              // @ts-expect-error no such subject
              i: { when: when('etcd.leader', { site: 'east', nod: 'x' }, 'peak') },
              // @ts-expect-error the subject of a condition is missing
              j: { when: all([fact('etcd.leader')], 'peak') },
              k: {
                regions: {
                  // @ts-expect-error no such target inside a region
                  one: { initial: 'l', states: { l: { when: when('load.fell', 'pek') }, m: ends('region') } },
                },
                done: 'peak',
              },
              // @ts-expect-error an ending that fails must say why
              n: ends('failed'),
            },
          }),
      });
    };
    expect(never).toBeTypeOf('function');
  });
});
