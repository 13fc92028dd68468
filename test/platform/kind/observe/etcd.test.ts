/** What answers of etcd members come to, and the reading of their log, on literal data. */
import { describe, expect, test } from 'vitest';
import { becameLeaderMs } from '../../../../src/platform/kind/observe/election-log.ts';
import {
  type EtcdSight,
  etcdFacts,
  leaderOf,
  type MemberAnswer,
} from '../../../../src/platform/kind/observe/etcd-facts.ts';
import { values } from './small-cluster.ts';

const nodes = ['a', 'b', 'c'];
const answer = (memberId: string, given: Partial<MemberAnswer> = {}): MemberAnswer => ({
  memberId,
  leaderId: '9007199254740993',
  term: 4,
  committed: 1000,
  applied: 1000,
  learner: false,
  answeredMs: 10_000,
  appliedSinceMs: 9_900,
  settledIndex: 990,
  ...given,
});
const leading = answer('9007199254740993');
const list = [
  { id: '9007199254740993', node: 'a', learner: false },
  { id: '2', node: 'b', learner: false },
  { id: '3', node: 'c', learner: false },
];
const whole: EtcdSight = {
  site: 'east',
  nodes,
  answers: new Map([
    ['a', leading],
    ['b', answer('2')],
    ['c', answer('3')],
  ]),
  list,
};
const withAnswers = (answers: Readonly<Record<string, MemberAnswer>>): EtcdSight => ({
  ...whole,
  answers: new Map(Object.entries(answers)),
});

describe('an etcd cluster', () => {
  test('is whole when every member follows one leader and has what was committed a second ago', () => {
    expect(values(etcdFacts(whole))).toEqual({
      'etcd.member a': 'leader',
      'etcd.member b': 'follower',
      'etcd.member c': 'follower',
      'etcd.quorum': true,
      'etcd.whole': true,
    });
    expect(leaderOf(whole)).toBe('a');
  });

  test('keeps its quorum and is not whole without one member', () => {
    const sight = withAnswers({ a: leading, b: answer('2') });
    expect(values(etcdFacts(sight))).toMatchObject({ 'etcd.member c': null, 'etcd.quorum': true, 'etcd.whole': false });
  });

  test('has no leader and no quorum while nobody claims to lead', () => {
    const sight = withAnswers({ b: answer('2', { leaderId: '0' }), c: answer('3', { leaderId: '0' }) });
    expect(leaderOf(sight)).toBeUndefined();
    expect(values(etcdFacts(sight))).toMatchObject({ 'etcd.member b': 'follower', 'etcd.quorum': false });
  });

  test('believes the leader of the newest term where two claim to lead', () => {
    const sight = withAnswers({
      a: leading,
      b: answer('2', { leaderId: '2', term: 5 }),
      c: answer('3', { leaderId: '2', term: 5 }),
    });
    expect(leaderOf(sight)).toBe('b');
    expect(leaderOf({ ...sight, answers: new Map([...sight.answers].reverse()) })).toBe('b');
    expect(values(etcdFacts(sight))).toMatchObject({ 'etcd.quorum': true, 'etcd.whole': false });
  });

  test('has a stalled member when one stands still while the others go on, since it last moved', () => {
    const stuck = answer('3', { applied: 700, appliedSinceMs: 8_400 });
    const facts = etcdFacts(withAnswers({ a: leading, b: answer('2'), c: stuck }));
    expect(facts.find(({ subject }) => subject.node === 'c')).toMatchObject({ value: 'stalled', atMs: 8_400 });
    expect(values(facts)).toMatchObject({ 'etcd.whole': false });
  });

  test('has no stalled member in one that has not been heard since the others went on', () => {
    const late = answer('3', { applied: 700, answeredMs: 8_500, appliedSinceMs: 8_400, settledIndex: 690 });
    const facts = etcdFacts(withAnswers({ a: leading, b: answer('2'), c: late }));
    expect(values(facts)).toMatchObject({ 'etcd.member c': 'follower', 'etcd.whole': true });
  });

  test('has no stalled member in one that catches up, or that is cut off from its leader', () => {
    const catchingUp = answer('3', { applied: 700, appliedSinceMs: 9_900 });
    const cutOff = answer('3', { applied: 700, appliedSinceMs: 5_000, leaderId: '0' });
    for (const c of [catchingUp, cutOff])
      expect(values(etcdFacts(withAnswers({ a: leading, b: answer('2'), c })))).toMatchObject({
        'etcd.member c': 'follower',
        'etcd.whole': false,
      });
  });

  test('is not whole with a learner, a member missing from its list, or one too many in it', () => {
    const learner = { ...withAnswers({ a: leading, b: answer('2'), c: answer('3', { learner: true }) }) };
    expect(
      values(etcdFacts({ ...learner, list: [...list.slice(0, 2), { ...list[2]!, learner: true }] })),
    ).toMatchObject({
      'etcd.member c': 'learner',
      'etcd.whole': false,
    });
    expect(values(etcdFacts({ ...whole, list: list.slice(0, 2) }))).toMatchObject({ 'etcd.whole': false });
    expect(
      values(etcdFacts({ ...whole, list: [...list, { id: '4', node: undefined, learner: false }] })),
    ).toMatchObject({ 'etcd.whole': false });
  });

  test('counts voters by its own list: two of five are no quorum', () => {
    const five = [...list, { id: '4', node: undefined, learner: false }, { id: '5', node: undefined, learner: false }];
    expect(values(etcdFacts({ ...withAnswers({ a: leading, b: answer('2') }), list: five }))).toMatchObject({
      'etcd.quorum': false,
    });
  });
});

describe("etcd's log", () => {
  const line = (ts: string, msg: string) =>
    `2026-01-01T00:00:01.900000000Z stderr F {"level":"info","ts":"${ts}","logger":"raft","caller":"raft/raft.go:912","msg":"${msg}"}`;
  const log = [
    line('2026-01-01T00:00:01.123456Z', '8e9e05c52164694d became leader at term 4'),
    line('2026-01-01T00:01:07.250999Z', '8e9e05c52164694d became leader at term 6'),
  ].join('\n');

  test('says when a member became leader in a term', () => {
    expect(becameLeaderMs(log, 6)).toBe(Date.parse('2026-01-01T00:01:07.250Z'));
    expect(becameLeaderMs(log, 4)).toBe(Date.parse('2026-01-01T00:00:01.123Z'));
  });

  test('says nothing of another term, and torn lines are passed over', () => {
    expect(becameLeaderMs(log, 5)).toBeUndefined();
    expect(becameLeaderMs(`${log.slice(0, 120)}\n`, 4)).toBeUndefined();
    expect(becameLeaderMs('', 4)).toBeUndefined();
  });
});
