/** What the field knows of data between two sites, asked of whole worlds under load. */
import { describe, expect, it } from 'vitest';
import { countOf } from '../../../src/base/ranges.ts';
import { app, cluster, constantly, field, servedBy, twoSites } from './field.ts';

const shop = [
  app('shop', { says: { database: 'db', concurrency: '100' } }),
  servedBy('shop', { serves: 'shop', 'timeout-ms': '1000' }),
  app('db', {
    kind: 'StatefulSet',
    replicas: 1,
    says: { 'service-time-ms': '2', concurrency: '200' },
    spec: 'volumeClaimTemplates: [ { metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } } ]',
  }),
  servedBy('db'),
];
const link = 'link: { delayMs: 20, bandwidthMbps: 1000 }\n';
const stream = (says: string) => `${link}replication: { orders: { mode: stream, ${says} } }\n`;
const both = 'between: [east/db, west/db]';
const oneWay = 'from: east/db, to: west/db';
const batch = (schedule: string) =>
  `${link}replication: { orders: { mode: batch, ${oneWay}, schedule: '${schedule}' } }\n`;

async function trading(between: string, rate = 100, manifests = shop, controlPlanes = 1) {
  const f = field(await twoSites(cluster(controlPlanes, 2), between, ...manifests));
  f.world.traffic.start(constantly(rate));
  f.wait(20_000);
  return f;
}
type Field = Awaited<ReturnType<typeof trading>>;
const cut = (f: Field, verb: 'link.cut' | 'link.restore', direction: 'both' | 'one-way' = 'both') =>
  f.act(verb, { on: 'link', from: 'east', to: 'west', direction });
const database = (
  f: Field,
  verb: 'database.promote' | 'database.fence' | 'database.unfence' | 'process.hold',
  site: string,
) => f.act(verb, { on: 'database', site, workload: 'db' });
const held = (f: Field, where: string, by: string) =>
  countOf(f.world.replication.audit().held[`${where}/db`]?.[by] ?? []);
const lag = (f: Field) => f.world.replication.lag('orders');

describe('a logical stream', () => {
  it('lags by little more than the link while it flows, and by the whole cut while it does not', async () => {
    const f = await trading(stream(both));
    expect(lag(f).ageMs).toBeLessThan(200);
    cut(f, 'link.cut');
    f.wait(30_000);
    expect(lag(f).ageMs).toBeGreaterThan(29_500);
    expect(lag(f).ageMs).toBeLessThan(30_500);
    expect(lag(f).records).toBeGreaterThan(0.95 * 100 * 30);
    cut(f, 'link.restore');
    // TCP tries again after 25.4, then after 51 s of a silent link
    expect(f.until(() => f.world.replication.converged(), 60_000)).toBeLessThan(24_000);
  });

  it.each([10_000, 100_000])(
    'loses what was on its way at the cut and no more, after %i ms in which nothing happened',
    async (calmMs) => {
      const f = await trading(stream(both), 1_000);
      f.wait(calmMs);
      f.act('node.kill', { on: 'node', site: 'east', node: 'east-worker' });
      f.act('node.kill', { on: 'node', site: 'east', node: 'east-worker2' });
      f.wait(5_000);
      const acknowledged = countOf(f.world.replication.takeNews().acknowledged.east!);
      const missing = acknowledged - held(f, 'west', 'east');
      expect(missing).toBeGreaterThan(0);
      expect(missing).toBeLessThan(0.5 * 1_000 * 0.25);
    },
  );

  it('after a cut of more than 60 s starts again with the next try of its worker, each 5 s', async () => {
    const f = await trading(stream(both));
    cut(f, 'link.cut');
    f.wait(91_000);
    cut(f, 'link.restore');
    expect(f.until(() => f.world.replication.converged(), 60_000)).toBeLessThan(6_500);
  });

  it('to a database that was frozen for less than 60 s goes on at once: its kernel has kept the connection', async () => {
    const f = await trading(stream(both));
    const freeze = (verb: 'process.pause' | 'process.resume') =>
      f.act(verb, { on: 'database', site: 'west', workload: 'db' });
    freeze('process.pause');
    f.wait(30_000);
    expect(lag(f).ageMs).toBeGreaterThan(29_000);
    freeze('process.resume');
    expect(f.until(() => f.world.replication.converged(), 60_000)).toBeLessThan(1_000);
    freeze('process.pause');
    f.wait(63_000);
    freeze('process.resume');
    const later = f.until(() => f.world.replication.converged(), 60_000);
    expect(later).toBeGreaterThan(1_500); // time-out after 60 s, then a try each 5 s
    expect(later).toBeLessThan(6_000);
  });

  it('is stopped by a cut of one direction as well', async () => {
    const f = await trading(stream(both));
    cut(f, 'link.cut', 'one-way');
    f.wait(20_000);
    expect(lag(f).ageMs).toBeGreaterThan(19_000);
  });

  it('carries no more than its link does, and its lag grows by the rest', async () => {
    const f = await trading('link: { delayMs: 20, bandwidthMbps: 1 }\n'.concat(stream(both).slice(link.length)), 400);
    const before = lag(f).records;
    f.wait(30_000);
    expect(lag(f).records - before).toBeGreaterThan(1_000);
    f.world.traffic.stop();
    const drained = f.until(() => lag(f).records === 0, 600_000);
    expect(drained).toBeGreaterThan(10_000);
    expect(drained).toBeLessThan(600_000);
  });

  it('loses at a promotion exactly what lagged: nothing in commit order is left out in between', async () => {
    const f = await trading(`standby: true\n${stream(oneWay)}`);
    cut(f, 'link.cut');
    f.wait(15_000);
    const { records, ageMs } = lag(f);
    const there = held(f, 'west', 'east');
    const told: number[] = [];
    f.world.promoted.on(({ missing, missingAgeMs }) => told.push(countOf(missing.east!), missingAgeMs));
    database(f, 'database.promote', 'west');
    expect(there + records).toBe(held(f, 'east', 'east'));
    expect(told[0]).toBeGreaterThan(records - 60);
    expect(told[0]).toBeLessThanOrEqual(records);
    expect(told[1]).toBe(ageMs);
    expect(f.world.replication.audit().held['west/db']?.east).toHaveLength(1);
  });

  it('makes split brain of a promotion when the old primary is not fenced', async () => {
    const fenced = async (fence: boolean) => {
      const f = await trading(`standby: true\n${stream(oneWay)}`);
      cut(f, 'link.cut');
      f.wait(5_000);
      if (fence) database(f, 'database.fence', 'east');
      database(f, 'database.promote', 'west');
      f.wait(1_000);
      return f.world.replication.split();
    };
    expect(await fenced(false)).toBe(true);
    expect(await fenced(true)).toBe(false);
  });

  it('without an origin filter stops both ways at the first row that comes back, and keeps the log for ever', async () => {
    const f = await trading(stream(`${both}, originFilter: false`));
    f.wait(60_000);
    expect(held(f, 'west', 'east')).toBeLessThan(0.1 * held(f, 'east', 'east'));
    expect(f.world.replication.stalled('orders')).toBe(true);
    expect(f.world.replication.audit().duplicated).toEqual({});
    const keyless = await trading(stream(`${both}, originFilter: false, uniqueKey: false`));
    keyless.wait(10_000);
    expect(keyless.world.replication.audit().duplicated).not.toEqual({});
  });
});

describe('a synchronous pair', () => {
  it('adds a round trip to each commit and takes no order while its peer is away', async () => {
    const f = await trading(`standby: true\n${stream(`${oneWay}, synchronous: true`)}`);
    expect(f.world.replication.commitMs('east', 'db')).toBeGreaterThanOrEqual(40);
    database(f, 'process.hold', 'west');
    f.wait(10_000);
    const before = held(f, 'east', 'east');
    f.wait(30_000);
    expect(held(f, 'east', 'east')).toBe(before);
  });

  it('loses nothing at a promotion', async () => {
    const f = await trading(`standby: true\n${stream(`${oneWay}, synchronous: true`)}`);
    const told: number[] = [];
    f.world.promoted.on(({ missingAgeMs }) => told.push(missingAgeMs));
    f.act('node.kill', { on: 'site', site: 'east' });
    f.wait(20_000);
    database(f, 'database.promote', 'west');
    expect(told).toEqual([0]);
  });
});

describe('a promotion', () => {
  const promotions = (f: Field) => {
    const told: number[] = [];
    f.world.promoted.on(({ missing }) => told.push(Object.values(missing).reduce((sum, set) => sum + countOf(set), 0)));
    return told;
  };

  it('of what is primary already is refused and gives up nothing more, though the old primary went on', async () => {
    const f = await trading(`standby: true\n${stream(oneWay)}`);
    const told = promotions(f);
    cut(f, 'link.cut');
    f.wait(10_000);
    database(f, 'database.promote', 'west');
    f.wait(20_000);
    database(f, 'database.promote', 'west');
    expect(told).toHaveLength(1);
    expect(f.world.replication.split()).toBe(true);
    const idle = await trading(`standby: true\n${stream(oneWay)}`);
    const untold = promotions(idle);
    database(idle, 'database.promote', 'east');
    expect(untold).toEqual([]);
  });

  it('back, while the new primary still owes what it took, gives that up: it is resurrected when it comes after all', async () => {
    const f = await trading(`standby: true\n${stream(oneWay)}`);
    const told = promotions(f);
    database(f, 'database.fence', 'east');
    f.wait(5_000);
    database(f, 'database.promote', 'west');
    f.act('traffic.shift', { on: 'global-load-balancer' }, { weights: { east: 0, west: 1 } });
    f.wait(20_000);
    cut(f, 'link.cut');
    f.wait(10_000);
    database(f, 'database.fence', 'west');
    database(f, 'database.unfence', 'east');
    database(f, 'database.promote', 'east');
    f.wait(1_000);
    expect(told[1]).toBeGreaterThan(500);
    cut(f, 'link.restore');
    database(f, 'database.unfence', 'west');
    database(f, 'database.promote', 'west');
    f.wait(60_000);
    expect(countOf(f.world.replication.audit().resurrected['east/db']?.west ?? [])).toBe(told[1]);
  });
});

describe('a scheduled batch', () => {
  it('that goes on after its target was promoted brings back what was given up: resurrected', async () => {
    const f = await trading(`standby: true\n${batch('* * * * *')}`);
    f.run(150_000);
    let missing = 0;
    f.world.promoted.on((promotion) => {
      missing += countOf(promotion.missing.east ?? []);
    });
    database(f, 'database.fence', 'east');
    database(f, 'database.promote', 'west');
    expect(missing).toBeGreaterThan(2_500);
    f.wait(70_000);
    expect(countOf(f.world.replication.audit().resurrected['west/db']?.east ?? [])).toBe(missing);
  });

  it('is behind by up to its period and the time it takes, never more', async () => {
    const f = await trading(batch('* * * * *'), 20);
    let oldestMs = 0;
    for (let i = 0; i < 400; i++) {
      f.wait(1_000);
      oldestMs = Math.max(oldestMs, lag(f).ageMs);
    }
    expect(oldestMs).toBeGreaterThan(60_000);
    expect(oldestMs).toBeLessThan(68_000);
  });

  it('that fails leaves its target a whole period further behind', async () => {
    const f = await trading(batch('* * * * *'), 20);
    f.run(f.now() + 60_000 - (f.now() % 60_000) + 30_000);
    cut(f, 'link.cut');
    f.wait(45_000);
    cut(f, 'link.restore');
    f.wait(40_000);
    expect(lag(f).ageMs).toBeGreaterThan(100_000);
    f.wait(15_000);
    expect(lag(f).ageMs).toBeLessThan(30_000);
  });

  it('that came due while another ran begins as soon as that has ended: Forbid puts it off, it does not drop it', async () => {
    const slow = 'link: { delayMs: 20, bandwidthMbps: 1 }\n'.concat(batch('* * * * *').slice(link.length));
    const f = await trading(slow, 100);
    cut(f, 'link.cut');
    f.wait(170_000);
    cut(f, 'link.restore');
    const batches = () => f.world.replication.batches('orders');
    const before = batches();
    f.until(() => batches() === before + 1, 300_000);
    expect(f.now() % 60_000).toBeGreaterThan(5_000); // it took longer than its period
    expect(f.until(() => batches() === before + 2, 300_000)).toBeLessThan(60_000);
    expect(f.now() % 60_000).toBeGreaterThan(5_000);
  });

  it('is a CronJob: without a controller-manager where it arrives it does not run, and is made up for once', async () => {
    const f = await trading(batch('* * * * *'), 20);
    f.node('west-control-plane', 'node.kill', 'west');
    f.wait(20_000);
    const before = f.world.replication.batches('orders');
    f.wait(300_000);
    expect(f.world.replication.batches('orders')).toBe(before);
    expect(lag(f).ageMs).toBeGreaterThan(300_000);
    f.run(f.now() + 60_000 - (f.now() % 60_000) + 1_000);
    f.node('west-control-plane', 'node.start', 'west');
    f.until(() => f.world.controlPlane.controllerManager('west') !== undefined, 120_000);
    f.wait(10_000);
    expect(f.world.replication.batches('orders')).toBeGreaterThan(before);
    expect(f.world.replication.batches('orders')).toBeLessThanOrEqual(before + 2);
  });
});

describe('a database whose site is cut off from its peer only', () => {
  it('goes on; both take orders, and both have all of them afterwards, each once', async () => {
    const f = await trading(stream(both));
    cut(f, 'link.cut');
    f.wait(30_000);
    expect(f.world.replication.split()).toBe(true);
    cut(f, 'link.restore');
    f.until(() => f.world.replication.converged(), 120_000);
    f.world.traffic.stop();
    f.wait(10_000);
    const { held: all, duplicated } = f.world.replication.audit();
    expect(all['east/db']).toEqual(all['west/db']);
    expect(duplicated).toEqual({});
  });
});

describe('a database pod that is killed in a calm stretch', () => {
  it('costs no more than the seconds it is away, however wide the stretch was', async () => {
    const f = await trading(stream(both));
    f.wait(600_000);
    const fromMs = f.now();
    const failed = () =>
      f.traffic
        .filter(({ toMs, site }) => toMs > fromMs - 60_000 && site === 'east')
        .reduce((sum, { asked, ok }) => sum + asked - ok, 0);
    f.act('process.kill', { on: 'database', site: 'east', workload: 'db' });
    const away = f.until(() => f.world.replication.writable('east', 'db'), 60_000) / 1_000;
    f.wait(60_000);
    expect(failed()).toBeGreaterThan(0.8 * 50 * away);
    expect(failed()).toBeLessThan(50 * (away + 4));
    expect(
      f.traffic.filter(({ fromMs: since, toMs, site }) => site === 'east' && since < fromMs && toMs > fromMs),
    ).toEqual([]);
  });
});
