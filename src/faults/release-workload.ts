/** Rolls out a new revision, good or bad. A bad one is damage, a good one an operator's deed. */
import type { Fault } from '../domain/fault.ts';
import { defineFault } from './define-fault.ts';
import { workloadWhole } from './until.ts';

/** `quality`: what the new revision does: works (`good`), never gets ready, crashes, or answers with errors. The undo rolls a bad one back; a good one stays. */
export function releaseWorkload(options: {
  readonly site: string;
  readonly workload: string;
  readonly quality?: 'good' | 'never-ready' | 'crash' | 'errors';
  readonly image?: string;
  readonly limitMs?: number;
}): Fault {
  const { site, workload, quality = 'good', image = `elevenproof/${workload}:next`, limitMs = 600_000 } = options;
  const good = quality === 'good';
  return defineFault(options, ['site', 'workload', 'quality', 'image', 'limitMs'], {
    kind: 'release-workload',
    purpose: good ? 'operation' : 'damage',
    title: `release ${good ? 'a new' : `a bad (${quality})`} revision of ${site}/${workload}`,
    actions: [
      { verb: 'workload.release', target: { on: 'workload', site, workload }, args: { image, release: quality } },
    ],
    undo: {
      actions: good ? [] : [{ verb: 'workload.unrelease', of: 0 }],
      until: [workloadWhole(site, workload)],
      limitMs,
    },
  });
}
