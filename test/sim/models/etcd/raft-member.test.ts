import { expect, test } from 'vitest';
import {
  createRaftMember,
  inLease,
  nextCandidacyMs,
  quorumOf,
  upToDate,
} from '../../../../src/sim/models/etcd/raft-member.ts';

const member = (changes: object) => Object.assign(createRaftMember('a', 30), changes);

test('a member that heard its leader less than ten ticks ago ignores candidates', () => {
  const follower = member({ lead: 'b', heardMs: 1_000 });
  expect([1_000, 1_929, 1_930].map((nowMs) => inLease(follower, nowMs))).toEqual([true, true, false]);
  expect(inLease(member({ lead: undefined, heardMs: 1_000 }), 1_100)).toBe(false);
  expect(inLease(member({ lead: 'b', hearing: true }), 900_000)).toBe(true);
  expect(inLease(member({ role: 'leader', lead: 'a' }), 900_000)).toBe(true);
});

test("a candidacy comes at the member's own tick, and again one time-out later", () => {
  const follower = member({ heardMs: 1_000, timeoutTicks: 12 });
  expect(nextCandidacyMs(follower, 1_000)).toBe(2_130);
  expect(nextCandidacyMs(follower, 2_129)).toBe(2_130);
  expect(nextCandidacyMs(follower, 2_130)).toBe(3_330);
  expect(nextCandidacyMs(follower, 100_000)).toBe(2_130 + 82 * 1_200);
});

test('a newer term beats a longer log', () => {
  expect(upToDate({ logTerm: 3, revision: 1 }, { logTerm: 2, revision: 9 })).toBe(true);
  expect(upToDate({ logTerm: 2, revision: 8 }, { logTerm: 2, revision: 9 })).toBe(false);
  expect(upToDate({ logTerm: 2, revision: 9 }, { logTerm: 2, revision: 9 })).toBe(true);
});

test('a quorum is more than half', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(quorumOf)).toEqual([1, 2, 2, 3, 3, 4, 4]);
});
