/** What is observed of a standing pair, and of processes of its control plane that are killed. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Ms } from '../../../src/base/clock.ts';
import type { RunEventBody } from '../../../src/domain/event.ts';
import { createFactFold, type FactName, factKey, type Subject } from '../../../src/domain/fact.ts';
import { machineOf } from '../../../src/platform/kind/ground.ts';
import { type Observation, observeKind } from '../../../src/platform/kind/observe/observe-kind.ts';
import type { KindWorld } from '../../../src/platform/kind/world.ts';
import { attachPair, standingPair } from './standing-pair.ts';

if (standingPair === undefined) console.log('Observation: skipped, ELEVENPROOF_PAIR names no folder of a pair');

/** Longest time until something is back, ms: a second restart within ten minutes waits in back-off. */
const backMsMax = 120_000;

describe.skipIf(standingPair === undefined)('observing real clusters', () => {
  const facts = createFactFold();
  const told: { readonly event: RunEventBody; readonly atMs: Ms; readonly seenMs: Ms }[] = [];
  let world: KindWorld;
  let observation: Observation;

  const value = (fact: FactName, subject: Subject) => facts.get(factKey(fact, subject))?.value;
  const until = (what: () => void, limitMs = backMsMax) => vi.waitFor(what, { timeout: limitMs, interval: 50 });
  const changes = (fact: FactName, subject: Subject, sinceMs: Ms) =>
    told.flatMap(({ event, atMs }) =>
      event.type === 'fact' && atMs >= sinceMs && factKey(event.fact, event.subject) === factKey(fact, subject)
        ? [{ value: event.value, atMs }]
        : [],
    );
  const kill = async (node: string, process: string): Promise<Ms> => {
    const { container } = machineOf(world.ground, node)!;
    await world.engine.exec(container, ['sh', '-c', `kill -9 $(pidof ${process})`]);
    return world.clock.now();
  };

  beforeAll(async () => {
    world = await attachPair(standingPair!);
    observation = observeKind(
      world,
      (event, atMs) => {
        const seenMs = world.clock.now();
        told.push({ event, atMs, seenMs });
        if (event.type === 'fact') facts.take({ ...event, atMs }, seenMs);
      },
      new AbortController().signal,
      { demandRps: () => 0 },
    );
    await until(() => {
      for (const { name } of world.topology.sites) expect(value('control.whole', { site: name })).toBe(true);
    });
  });

  afterAll(() => observation?.());

  test('every node, member, server and workload is seen, and nothing before it happened', () => {
    for (const { name: site, nodes, workloads, services } of world.topology.sites) {
      expect(value('nodes.ready', { site })).toBe(nodes.length);
      for (const { name: node, role } of nodes) {
        expect(value('node.running', { site, node })).toBe(true);
        if (role !== 'control-plane') continue;
        expect(value('api.server', { site, node })).toBe(true);
        expect(value('etcd.member', { site, node })).toMatch(/leader|follower/);
      }
      for (const { name: workload } of workloads)
        expect(value('workload.wanted', { site, workload })).toEqual(expect.any(Number));
      for (const { name: service } of services)
        expect(value('endpoints.ready', { site, service })).toEqual(expect.any(Number));
    }
    for (const { atMs, seenMs } of told) {
      expect(Number.isInteger(atMs)).toBe(true);
      expect(atMs).toBeLessThanOrEqual(seenMs);
    }
  });

  test('an etcd leader that is killed is gone at once, and another leads since the time of its log', async () => {
    const site = world.topology.sites[0]!.name;
    const before = String(value('etcd.leader', { site }));
    const fromMs = world.clock.now();
    const killedMs = await kill(before, 'etcd');
    await until(() => expect(changes('etcd.leader', { site }, fromMs).at(-1)?.value).toEqual(expect.any(String)));
    const [gone, next] = changes('etcd.leader', { site }, fromMs);
    expect(gone).toMatchObject({ value: null });
    expect(gone!.atMs).toBeLessThanOrEqual(killedMs + 200);
    expect(next!.atMs).toBeGreaterThanOrEqual(gone!.atMs);
    await until(() => expect(value('control.whole', { site })).toBe(true));
  });

  test('an API server that is killed is seen down and up again, and its site is told whole', async () => {
    const { name: site, nodes } = world.topology.sites[0]!;
    const node = nodes.filter(({ role }) => role === 'control-plane').at(-1)!.name;
    const fromMs = world.clock.now();
    const killedMs = await kill(node, 'kube-apiserver');
    await until(() => expect(changes('api.server', { site, node }, fromMs)[0]).toMatchObject({ value: false }), 5_000);
    expect(changes('api.server', { site, node }, fromMs)[0]!.atMs).toBeLessThanOrEqual(killedMs + 200);
    await until(() => expect(value('api.server', { site, node })).toBe(true));
    await until(() => expect(value('control.whole', { site })).toBe(true));
  });

  test('traffic of the prober has no holes, and nothing that was asked is lost', () => {
    observation();
    for (const { name: site } of world.topology.sites) {
      const stretches = told.flatMap(({ event }) =>
        event.type === 'traffic' && event.site === site && event.service === 'api.write' ? [event] : [],
      );
      const sums = { asked: 0, ended: 0 };
      stretches.forEach((stretch, i) => {
        if (i > 0) expect(stretch.fromMs).toBe(stretches[i - 1]!.toMs);
        sums.asked += stretch.asked;
        sums.ended += stretch.ok + stretch.indeterminate + Object.values(stretch.failed).reduce((a, b) => a + b, 0);
      });
      expect(sums.asked).toBe(sums.ended + stretches.at(-1)!.inFlight);
    }
  });
});
