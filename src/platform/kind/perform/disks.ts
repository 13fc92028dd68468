/** Verbs on the disk of an etcd member: slowed by the kernel for etcd's control group alone, proven by etcd's own histogram of fsyncs. */
import type { Ms } from '../../../base/clock.ts';
import { OperatingError } from '../../../base/errors.ts';
import { look } from './components.ts';
import { bytesPerSecond, type Fsyncs, fsyncScript, parseFsyncs, stallScript, unstallScript } from './disk-scripts.ts';
import { unlessOff } from './unless-off.ts';
import { type Doing, type Job, limitsMs, machine, numberOf, targetOf, type VerbGroup } from './verb.ts';

/** A stalled fsync is proven when it took, or has not ended for, this share of what was asked. */
const shareMin = 0.8;

function memberOf(job: Job) {
  const { component, node } = targetOf(job.action, 'component');
  if (component !== 'etcd') throw new OperatingError(`Only etcd has a disk of its own, not ${component}`);
  const { container } = machine(job.world, node);
  const pid = async () => {
    const [process] = (await look(job)).processes;
    return process === undefined ? undefined : String(process.pid);
  };
  const fsyncs = async (): Promise<Fsyncs> =>
    parseFsyncs(await job.eyes.run(container, fsyncScript, [(await pid()) ?? '']));
  return { node, container, pid, fsyncs };
}

async function stall(job: Job): Promise<Doing> {
  const { node, container, pid, fsyncs } = memberOf(job);
  const { world, hands } = job;
  const fsyncMs = numberOf(job.action, 'fsyncMs', 10_000);
  const id = await pid();
  if (id === undefined) throw new OperatingError(`No etcd runs on ${node}`);
  await hands.open([container]);
  let seen = await fsyncs();
  let sinceMs: Ms | undefined;
  return {
    act: () => hands.run(container, stallScript, [id, String(bytesPerSecond(fsyncMs))]).then(() => {}),
    probe: async () => {
      const lookedMs = world.clock.now();
      const now = await fsyncs();
      const before = seen;
      // Only what stands still under the throttle counts.
      if (!now.throttled) sinceMs = undefined;
      else sinceMs ??= lookedMs;
      if (now.count !== undefined && now.count !== before.count) {
        seen = now;
        sinceMs = lookedMs;
        const meanMs = meanBetween(before, now);
        return now.throttled && meanMs >= shareMin * fsyncMs ? `fsync takes ${Math.round(meanMs)} ms` : undefined;
      }
      const stoodMs = lookedMs - (sinceMs ?? lookedMs);
      if (sinceMs === undefined || stoodMs < shareMin * fsyncMs) return undefined;
      return { proof: `no fsync has ended for ${Math.round(stoodMs)} ms`, atMs: sinceMs };
    },
  };
}

function meanBetween(before: Fsyncs, now: Fsyncs): number {
  const count = (now.count ?? 0) - (before.count ?? 0);
  // A process that started again counts from 0.
  return count > 0 ? (now.sumMs - before.sumMs) / count : now.sumMs / Math.max(1, now.count ?? 1);
}

async function restore(job: Job): Promise<Doing> {
  const { container, pid, fsyncs } = memberOf(job);
  const before = await fsyncs().catch(() => undefined);
  return unlessOff(job.world, container, {
    act: async () => {
      const id = await pid();
      if (id !== undefined) await job.hands.run(container, unstallScript, [id]);
    },
    probe: async () => {
      const now = await fsyncs();
      if (now.throttled) return undefined;
      if (now.count === undefined) return 'no throttle, etcd is down';
      return now.count === before?.count ? undefined : 'no throttle, fsyncs end';
    },
  });
}

/** Verbs on disks. */
export const diskVerbs: VerbGroup = {
  'disk.stall': { limitMs: limitsMs.api, begin: stall },
  'disk.restore': { limitMs: limitsMs.api, begin: restore },
};
