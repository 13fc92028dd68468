/** Every verb of real clusters, group by group: one more file is one more line here. */
import { betweenSitesVerbs } from './betweens.ts';
import { diskVerbs } from './disks.ts';
import { etcdVerbs } from './etcd.ts';
import { linkVerbs } from './links.ts';
import { nodeVerbs } from './nodes.ts';
import { podVerbs } from './pods.ts';
import { processVerbs } from './processes.ts';
import { schedulingVerbs } from './scheduling.ts';
import type { VerbGroup } from './verb.ts';
import { workloadVerbs } from './workloads.ts';

/** All of them. */
export const realVerbs: VerbGroup = {
  ...processVerbs,
  ...podVerbs,
  ...nodeVerbs,
  ...schedulingVerbs,
  ...linkVerbs,
  ...workloadVerbs,
  ...betweenSitesVerbs,
  ...etcdVerbs,
  ...diskVerbs,
};
