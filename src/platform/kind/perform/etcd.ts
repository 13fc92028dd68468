/** Verbs on etcd, on a member and on the whole of a site. */
import { addLearner, rebuildMember, removeMember, wipeMember } from './etcd-members.ts';
import { restoreSnapshot, takeSnapshot } from './etcd-snapshot.ts';
import { limitsMs, type VerbGroup } from './verb.ts';

/** A cluster that starts again from a snapshot, or one member that catches up, takes kubelets a minute and more, ms. */
const rebuildMs = 300_000;

/** Verbs on etcd. */
export const etcdVerbs: VerbGroup = {
  'etcd.snapshot': { limitMs: limitsMs.api, begin: takeSnapshot },
  'etcd.restore': { limitMs: rebuildMs, begin: (job) => restoreSnapshot(job) },
  'etcd.wipe': { limitMs: limitsMs.api, begin: wipeMember },
  'etcd.rebuild': { limitMs: rebuildMs, begin: rebuildMember },
  'etcd.remove': { limitMs: limitsMs.api, begin: removeMember },
  'etcd.add-learner': { limitMs: limitsMs.api, begin: addLearner },
};
