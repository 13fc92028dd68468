/** Lag from heartbeats, agreement from digests, batches from Jobs, on literals. */
import { describe, expect, test } from 'vitest';
import { batchCronJob, batchJobOf, foldJobs } from '../../../../src/platform/kind/between/batch-job.ts';
import { createBeats } from '../../../../src/platform/kind/between/beats.ts';
import { type Bucket, createTally } from '../../../../src/platform/kind/between/tally.ts';

describe('lag from heartbeats', () => {
  test('is the age of the oldest one that has not arrived', () => {
    const beats = createBeats();
    for (const at of [1_000, 1_200, 1_400]) beats.sent(at);
    beats.seen(1_000, '0/1', 1_500);
    expect(beats.ageMs(1_500)).toBe(300);
    beats.seen(1_400, '0/2', 1_550);
    expect(beats.ageMs(9_000)).toBe(0);
  });

  test('a stream is stalled when something waits and nothing was applied for two seconds', () => {
    const beats = createBeats();
    beats.seen(undefined, '0/1', 0);
    beats.sent(1_000);
    expect([beats.stalled(2_900), beats.stalled(3_000)]).toEqual([false, true]);
    beats.seen(undefined, '0/2', 3_100);
    expect([beats.stalled(3_200), beats.stalled(5_100)]).toEqual([false, true]);
  });

  test('with nothing waiting it is not stalled, however long nothing comes', () => {
    const beats = createBeats();
    beats.sent(1_000);
    beats.seen(1_000, '0/1', 1_050);
    expect([beats.stalled(100_000), beats.caughtUp(100_000)]).toEqual([false, true]);
  });

  test('it has caught up when what waits is younger than a second', () => {
    const beats = createBeats();
    beats.sent(1_000);
    expect([beats.caughtUp(2_000), beats.caughtUp(2_001)]).toEqual([true, false]);
  });

  test('a heartbeat that is heard of after its arrival does not wait', () => {
    const beats = createBeats();
    beats.seen(1_000, '0/1', 1_050);
    beats.sent(1_000);
    expect(beats.ageMs(5_000)).toBe(0);
  });
});

describe('agreement from digests', () => {
  const bucket = (site: string, second: number, count: number, hash = `${count}`): Bucket => ({
    site,
    second,
    count,
    hash,
  });
  const open = () =>
    createTally([
      { key: 'east/db', site: 'east' },
      { key: 'west/db', site: 'west' },
    ]);
  const ask = (tally: ReturnType<typeof open>, database: string, nowSecond: number, buckets: readonly Bucket[]) => {
    const since = {
      east: tally.sinceSecond(database, 'east', nowSecond),
      west: tally.sinceSecond(database, 'west', nowSecond),
    };
    tally.take(
      database,
      since,
      buckets.filter(({ site, second }) => second >= since[site as 'east' | 'west']),
    );
    return since;
  };

  test('orders of one side that the other lacks are counted, with the second of the oldest', () => {
    const tally = open();
    ask(tally, 'east/db', 100, [bucket('east', 98, 10), bucket('east', 99, 10)]);
    ask(tally, 'west/db', 100, [bucket('east', 98, 10), bucket('east', 99, 4), bucket('west', 99, 7)]);
    expect(tally.missing('east/db', 'west/db')).toEqual({ records: 6, oldestMs: 99_000 });
    expect(tally.missing('west/db', 'east/db')).toEqual({ records: 7, oldestMs: 99_000 });
  });

  test('what is younger than the given moment does not count as different', () => {
    const tally = open();
    ask(tally, 'east/db', 100, [bucket('east', 99, 10)]);
    ask(tally, 'west/db', 100, []);
    expect([tally.same('east/db', 'west/db', 99_500), tally.same('east/db', 'west/db', 100_000)]).toEqual([
      true,
      false,
    ]);
  });

  test('the same count of other rows is no agreement', () => {
    const tally = open();
    ask(tally, 'east/db', 100, [bucket('east', 95, 10, '77')]);
    ask(tally, 'west/db', 100, [bucket('east', 95, 10, '78')]);
    expect(tally.same('east/db', 'west/db', 100_000)).toBe(false);
  });

  test('while they disagree the receiving side is asked from there on, the accepting side only for what may still grow', () => {
    const tally = open();
    ask(tally, 'east/db', 100, [bucket('east', 95, 10)]);
    ask(tally, 'west/db', 100, []);
    for (let now = 101; now < 160; now++) {
      expect(ask(tally, 'east/db', now, [bucket('east', 95, 10)]).east).toBe(now - 10);
      ask(tally, 'west/db', now, []);
    }
    expect(tally.sinceSecond('west/db', 'east', 160)).toBe(95);
    expect(tally.missing('east/db', 'west/db')).toEqual({ records: 10, oldestMs: 95_000 });
    ask(tally, 'west/db', 160, [bucket('east', 95, 10)]);
    expect(tally.same('east/db', 'west/db', 160_000)).toBe(true);
    expect(tally.sinceSecond('west/db', 'east', 161)).toBe(151);
  });

  test('agreed seconds between two that differ are not forgotten by one side only', () => {
    const tally = open();
    const rows = [bucket('east', 95, 10), bucket('east', 96, 10)];
    ask(tally, 'east/db', 100, rows);
    ask(tally, 'west/db', 100, rows.slice(1));
    for (let now = 101; now < 130; now++) {
      ask(tally, 'east/db', now, rows);
      ask(tally, 'west/db', now, rows.slice(1));
    }
    expect(tally.missing('west/db', 'east/db').records).toBe(0);
    expect(tally.missing('east/db', 'west/db').records).toBe(10);
  });
});

describe('batches from Jobs', () => {
  const job = (start: string, end?: 'Complete' | 'Failed') => ({
    status: {
      startTime: new Date(start),
      ...(end !== undefined && { conditions: [{ type: end, status: 'True' }] }),
    },
  });

  test('count what completed; the newest that ended says whether it failed', () => {
    const jobs = [
      job('2026-01-01T00:04:00Z', 'Failed'),
      job('2026-01-01T00:02:00Z', 'Complete'),
      job('2026-01-01T00:06:00Z'),
    ];
    expect(foldJobs(jobs)).toEqual({
      completed: 1,
      failed: true,
      running: true,
      dueMs: Date.parse('2026-01-01T00:04:00Z'),
    });
  });

  test('before the first there is nothing', () =>
    expect(foldJobs([])).toEqual({ completed: 0, failed: false, running: false, dueMs: 0 }));

  test('a run by hand does what the schedule would', () => {
    const place = { workload: 'postgres', namespace: 'order-desk', standby: false, isDeployment: false };
    const end = (site: string, linkPort: number) => ({
      ...place,
      site,
      key: `${site}/postgres`,
      linkPort,
      listener: `${site}-postgres`,
    });
    const plan = {
      replication: 'inventory',
      from: end('east', 15_432),
      to: end('west', 15_433),
      schedule: '*/2 * * * *',
      cronJob: 'batch-inventory',
    };
    const who = { user: 'postgres', password: 'secret', database: 'orders' };
    const cronJob = batchCronJob(plan, {
      image: 'desk',
      source: { ...who, host: '172.20.6.10', port: 15_432 },
      target: { ...who, host: 'postgres' },
    });
    expect(cronJob.spec).toMatchObject({ schedule: '*/2 * * * *', concurrencyPolicy: 'Forbid' });
    const env = cronJob.spec!.jobTemplate.spec!.template.spec!.containers[0]!.env!;
    expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toMatchObject({
      SOURCE_SITE: 'east',
      SOURCE_HOST: '172.20.6.10',
      SOURCE_PORT: '15432',
      TARGET_HOST: 'postgres',
    });
    expect(batchJobOf(cronJob, 7).spec).toEqual(cronJob.spec!.jobTemplate.spec);
  });
});
