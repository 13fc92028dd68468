/** What the field knows of StatefulSets that change while something is wrong, asked of whole worlds. */
import { describe, expect, it } from 'vitest';
import type { ActionArgs, Verb } from '../../../src/domain/action.ts';
import { app, bears, cluster, field, oneSite } from './field.ts';

const db = async (replicas: number, spec = '', pod = '') =>
  field(await oneSite(cluster(1, 5), app('db', { kind: 'StatefulSet', replicas, spec, pod })));
type Field = ReturnType<typeof field>;
const workload = (f: Field, verb: Verb, args: ActionArgs = {}) =>
  f.act(verb, { on: 'workload', site: 'site', workload: 'db' }, args);
const pod = (f: Field, verb: Verb, name: string) => f.act(verb, { on: 'pod', site: 'site', workload: 'db', pod: name });
const revisions = (f: Field) =>
  Object.fromEntries(
    f
      .pods('db')
      .map(({ name, revision }) => [name, revision] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
const status = (f: Field) => f.world.workloads.status('site', 'db');

describe('a partition', () => {
  const partitioned = () => db(3, 'updateStrategy: { rollingUpdate: { partition: 2 } }');

  it('leaves the ordinals below alone, and the roll-out is complete without them', async () => {
    const f = await partitioned();
    workload(f, 'workload.release', { image: 'db:2' });
    expect(f.until(() => status(f).rolledOut)).toBeLessThan(30_000);
    expect(revisions(f)).toEqual({ 'db-0': 1, 'db-1': 1, 'db-2': 2 });
  });

  it('makes a lost pod below it anew as the last revision that all had, also after two releases', async () => {
    const f = await partitioned();
    workload(f, 'workload.release', { image: 'db:2' });
    f.wait(60_000);
    workload(f, 'workload.release', { image: 'db:3' });
    f.wait(60_000);
    pod(f, 'pod.delete', 'db-0');
    f.wait(60_000);
    expect(revisions(f)).toEqual({ 'db-0': 1, 'db-1': 1, 'db-2': 3 });
  });
});

describe('a release that never gets ready', () => {
  const rolledBack = async (policy: string) => {
    const f = await db(3, `podManagementPolicy: ${policy}`);
    workload(f, 'workload.release', { image: 'db:2', release: 'never-ready' });
    f.wait(120_000);
    expect(status(f)).toMatchObject({ updated: 1, ready: 2 });
    workload(f, 'workload.rollback');
    f.wait(600_000);
    return f;
  };

  it('keeps an ordered StatefulSet broken after the rollback, until its pod is deleted by hand', async () => {
    const f = await rolledBack('OrderedReady');
    expect(status(f).rolledOut).toBe(false);
    pod(f, 'pod.delete', 'db-2');
    expect(f.until(() => status(f).rolledOut)).toBeLessThan(60_000);
  });

  it('is taken back at once with podManagementPolicy Parallel', async () => {
    expect(status(await rolledBack('Parallel')).rolledOut).toBe(true);
  });
});

describe('scaling in', () => {
  const scaledIn = async (policy: string, hung: readonly string[]) => {
    const f = await db(5, `podManagementPolicy: ${policy}`);
    for (const name of hung) pod(f, 'pod.hang', name);
    f.wait(60_000);
    workload(f, 'workload.scale', { replicas: 2 });
    f.wait(300_000);
    return Object.keys(revisions(f));
  };

  it('passes over one pod that is not ready, in order from the top', async () => {
    expect(await scaledIn('OrderedReady', ['db-4'])).toEqual(['db-0', 'db-1']);
  });

  it('waits for ever when two are not ready: only the lowest of them may go unready', async () => {
    expect(await scaledIn('OrderedReady', ['db-3', 'db-4'])).toEqual(['db-0', 'db-1', 'db-2', 'db-3', 'db-4']);
    expect(await scaledIn('Parallel', ['db-3', 'db-4'])).toEqual(['db-0', 'db-1']);
  });

  it('waits for a pod that stays and is not ready', async () => {
    expect((await scaledIn('OrderedReady', ['db-0'])).length).toBe(5);
    expect((await scaledIn('Parallel', ['db-0'])).length).toBe(2);
  });
});

describe('maxUnavailable', () => {
  it('is ignored: one pod after the other', async () => {
    const f = await db(6, 'podManagementPolicy: Parallel\nupdateStrategy: { rollingUpdate: { maxUnavailable: 3 } }');
    let fewest = 6;
    f.world.workloads.podChanged.on(() => {
      fewest = Math.min(fewest, status(f).ready);
    });
    workload(f, 'workload.release', { image: 'db:2' });
    f.until(() => status(f).rolledOut, 300_000);
    expect(fewest).toBe(5);
  });

  it('is named in 1.35, whose first patches obey it', async () => {
    const named = async (minor: number) => {
      const spec = 'updateStrategy: { rollingUpdate: { maxUnavailable: 3 } }';
      const shape = await oneSite(cluster(1, 1, { minor }), app('db', { kind: 'StatefulSet', spec }));
      return shape.notModelled.length;
    };
    expect([await named(34), await named(35), await named(36)]).toEqual([0, 1, 0]);
  });
});

describe('a grace period of 0', () => {
  it('lets the pod of a lost node go at its eviction, and a second one start', async () => {
    const f = await db(1, '', `${bears(10)}\nterminationGracePeriodSeconds: 0`);
    const home = f.pods('db')[0]!.node!;
    f.node(home, 'node.kill');
    expect(f.until(() => f.pods('db').some(({ node, ready }) => ready && node !== home), 300_000)).toBeLessThan(90_000);
  });
});
