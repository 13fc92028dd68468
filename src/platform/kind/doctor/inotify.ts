/** Whether the kernel lets all nodes watch their files. Apart because too low a limit shows as nodes that never get ready, with no word of why. */
import { readFileSync } from 'node:fs';
import { bad, type Check, ok, warn } from './check.ts';

/** Limits per user of the host; all nodes are of one. Undefined where there is no such limit. */
export interface InotifyLimits {
  readonly instances?: number;
  readonly watches?: number;
}

/** What a node container takes, rounded up: systemd, containerd, kubelet, and an informer of files per pod. */
const perNode = { instances: 40, watches: 3_000 } as const;

/** Reads the limits of Linux. */
export function measureInotify(): InotifyLimits {
  const limit = (name: string): number | undefined => {
    try {
      return Number(readFileSync(`/proc/sys/fs/inotify/${name}`, 'utf8'));
    } catch {
      return undefined;
    }
  };
  const [instances, watches] = [limit('max_user_instances'), limit('max_user_watches')];
  return { ...(instances !== undefined && { instances }), ...(watches !== undefined && { watches }) };
}

/** Judges the limits against a number of nodes. Below half of what they take some would not come up. */
export function judgeInotify({ instances, watches }: InotifyLimits, nodes: number): Check {
  const name = 'inotify';
  const wanted = { instances: Math.max(256, nodes * perNode.instances), watches: nodes * perNode.watches };
  if (instances === undefined || watches === undefined) return ok(name, 'no limit known');
  const found = `${instances} instances, ${watches} watches for ${nodes} nodes`;
  if (instances >= wanted.instances && watches >= wanted.watches) return ok(name, found);
  const hint = `sysctl -w fs.inotify.max_user_instances=${Math.max(instances, wanted.instances)} fs.inotify.max_user_watches=${Math.max(watches, wanted.watches)}`;
  const short = instances < wanted.instances / 2 || watches < wanted.watches / 2;
  return short ? bad(name, found, hint) : warn(name, found, hint);
}
