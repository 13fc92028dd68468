/** Operators' deeds on an etcd cluster: snapshot, loss of data, restore, remove, add as learner. Apart because they change who the members are, which raft takes as given. */
import type { Ms } from '../../../base/clock.ts';
import type { Machines } from '../../model.ts';
import { becomeFollower, memberOn, quorumSize, type RaftCluster, votersOf } from './raft-cluster.ts';
import { startElection } from './raft-election.ts';
import { activeVoters } from './raft-leadership.ts';
import { quorumOf, type RaftMember, setTimer } from './raft-member.ts';

/** ms: the manifests of etcd are moved away, the kubelets stop it, `etcdutl snapshot restore` runs on every member, the manifests are moved back; a small database and a script at hand, calibrate. Longer: restore takes longer. */
const restoreMs = { p50: 6_000, p95: 15_000 };
/** Revisions that a restore skips (`--bump-revision`), so that watchers list again. etcd op-guide/recovery. */
const bumpRevisions = 1_000_000_000;
/** ms, how long members must have been connected to count when membership changes (HealthInterval). etcd server/etcdserver/server.go. Longer: more changes are refused. */
const connectedMs = 5_000;
/** ms, from the removal of a member to the end of its process (stopWithDelay). Same source. Longer: a removed leader blocks writes for longer. */
const removedStopMs = 1_000;
/** Learners that a cluster takes at a time, etcd `--max-learners`. */
const learnersMax = 1;
/** ms, how often the operator tries `member promote`; kubeadm polls twice a second. Longer: learners vote later. */
const promoteEveryMs = 500;

/** What was saved. */
export interface Snapshot {
  readonly revision: number;
  /** State of this moment. */
  readonly atMs: Ms;
}

/** The newest state that any answering member has; undefined when none answers. Needs no quorum. */
export function takeSnapshot(cluster: RaftCluster): Snapshot | undefined {
  let best: RaftMember | undefined;
  for (const member of cluster.members)
    if (member.life === 'up' && member.membership === 'voter' && member.currentMs > (best?.currentMs ?? -1))
      best = member;
  return best === undefined ? undefined : { revision: best.revision, atMs: best.currentMs };
}

/** A graceful stop hands leadership to a member that is up to date; then the process ends and the data is gone. */
export function wipeMember(cluster: RaftCluster, member: RaftMember, machines: Machines): void {
  cluster.step(() => {
    if (member.role === 'leader' && member.life === 'up') transferLeadership(cluster, member);
    eraseData(member);
  });
  machines.kill(member.node, 'etcd');
}

function transferLeadership(cluster: RaftCluster, leader: RaftMember): void {
  const heir = votersOf(cluster).find((member) => member.synced && member.lead === leader.node);
  if (heir === undefined) return;
  becomeFollower(cluster, leader, leader.term, undefined);
  startElection(cluster, heir, true);
}

function eraseData(member: RaftMember): void {
  member.data = 'none';
  member.vote = undefined;
  member.logTerm = 0;
  member.revision = 0;
  member.currentMs = -1;
}

/** Stops every member, gives all of them the snapshot as a new cluster, and starts them. `done` when the data is in place. Members of machines that are off start from it when these are back: the operator finishes there. Terms count on, where the real ones begin again: they are only ever compared. */
export function restoreCluster(cluster: RaftCluster, snapshot: Snapshot, machines: Machines, done: () => void): void {
  const term = cluster.termMax + 1;
  for (const member of cluster.members) machines.hold(member.node, 'etcd');
  cluster.kernel.after(cluster.random.logNormal(restoreMs.p50, restoreMs.p95), () => {
    cluster.step(() => {
      for (const member of cluster.members) giveSnapshot(member, snapshot, term);
    });
    for (const member of cluster.members) {
      machines.hold(member.node, 'etcd');
      machines.release(member.node, 'etcd');
    }
    done();
  });
}

function giveSnapshot(member: RaftMember, snapshot: Snapshot, term: number): void {
  member.membership = 'voter';
  member.data = 'kept';
  member.term = Math.max(member.term, term);
  member.logTerm = term;
  member.vote = undefined;
  member.revision = snapshot.revision + bumpRevisions;
  member.currentMs = snapshot.atMs;
}

/** Removes a member; false when there is no quorum, it is none, it is the last, or the rest would lose quorum (strict-reconfig-check). Its process ends a second later. A leader that is removed hands over to nobody: it takes no more proposals, and the others wait for their time-outs once it is silent. */
export function removeMember(cluster: RaftCluster, member: RaftMember, machines: Machines): boolean {
  const leader = cluster.committing;
  if (leader === undefined || member.membership === 'removed' || !mayRemove(cluster, leader, member)) return false;
  const ran = member.life === 'up' || member.life === 'paused';
  const { pid } = member;
  cluster.step(() => {
    member.membership = 'removed';
    if (member !== leader) becomeFollower(cluster, member, member.term, undefined);
  });
  const stop = () => {
    const same = member.pid === pid && member.membership === 'removed';
    if (same && machines.process(member.node, 'etcd') === 'running') machines.exit(member.node, 'etcd');
  };
  if (ran) cluster.kernel.after(removedStopMs, stop);
  return true;
}

function mayRemove(cluster: RaftCluster, leader: RaftMember, member: RaftMember): boolean {
  const voters = votersOf(cluster).length;
  if (member.membership === 'learner') return true;
  if (voters === 1) return false;
  const connected = votersOf(cluster).filter((voter) => isConnected(cluster, leader, voter));
  return connected.length - (connected.includes(member) ? 1 : 0) >= quorumOf(voters - 1);
}

/** The leader has been connected to the member for long enough to count on it. */
function isConnected(cluster: RaftCluster, leader: RaftMember, member: RaftMember): boolean {
  if (member === leader) return true;
  return (cluster.talksSinceMs(leader, member) ?? Number.POSITIVE_INFINITY) <= cluster.kernel.now() - connectedMs;
}

/** Adds a removed member as a learner with empty data and promotes it once it has caught up; false when there is no quorum, it is still a member, another learner is under way, or a voter is not connected (strict-reconfig-check asks that of learners, too: a dead member has to be removed first). */
export function addLearner(cluster: RaftCluster, member: RaftMember, machines: Machines): boolean {
  const learners = cluster.members.filter((other) => other.membership === 'learner').length;
  const leader = cluster.committing;
  if (leader === undefined || member.membership !== 'removed' || learners >= learnersMax) return false;
  if (!votersOf(cluster).every((voter) => isConnected(cluster, leader, voter))) return false;
  machines.hold(member.node, 'etcd');
  cluster.step(() => {
    eraseData(member);
    member.data = 'kept';
    member.membership = 'learner';
    becomeFollower(cluster, member, member.term, undefined);
  });
  machines.release(member.node, 'etcd');
  return true;
}

/** Promotes a learner that keeps up with a leader that has quorum, at the operator's next try. To be called within a step. */
export function planPromotion(cluster: RaftCluster, member: RaftMember): void {
  const ready = () =>
    member.membership === 'learner' && member.synced && memberOn(cluster, member.lead) === cluster.committing;
  if (!ready()) return void setTimer(member, 'promote');
  if (member.timers.has('promote')) return;
  const promote = () =>
    cluster.step(() => {
      setTimer(member, 'promote');
      if (ready()) member.membership = 'voter';
    });
  setTimer(member, 'promote', cluster.kernel.after(cluster.random.int(1, promoteEveryMs), promote));
}

/** Whether a majority of voters answers its leader. */
export function hasQuorum(cluster: RaftCluster): boolean {
  return cluster.committing !== undefined && activeVoters(cluster, cluster.committing) >= quorumSize(cluster);
}
