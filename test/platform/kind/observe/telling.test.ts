/** Publishing on change, freshness of watches and their gaps, what follows from several facts, events of the engine. */
import { describe, expect, test } from 'vitest';
import type { RunEventBody } from '../../../../src/domain/event.ts';
import type { FactName, FactValue, Subject } from '../../../../src/domain/fact.ts';
import { factKey } from '../../../../src/domain/fact.ts';
import { podCapacityRps, servedWorkloads } from '../../../../src/platform/kind/observe/capacity.ts';
import { createCapacityReader } from '../../../../src/platform/kind/observe/capacity-reader.ts';
import { controlWhole } from '../../../../src/platform/kind/observe/control-whole.ts';
import { createFreshness } from '../../../../src/platform/kind/observe/freshness.ts';
import { readPowerEvent } from '../../../../src/platform/kind/observe/node-power.ts';
import { createSiteFacts } from '../../../../src/platform/kind/observe/site-facts.ts';
import { createTeller } from '../../../../src/platform/kind/observe/teller.ts';
import { createWarnings } from '../../../../src/platform/kind/observe/warnings.ts';
import { deployment, ground, pod, site, siteGround, stateOf, workload } from './small-cluster.ts';

function listen(now = () => 10_000) {
  const told: string[] = [];
  const teller = createTeller(now, (event, atMs) => {
    if (event.type === 'fact') told.push(`${event.fact} ${event.value} @${atMs}`);
  });
  return { told, teller };
}

describe('a teller', () => {
  const ready = (value: FactValue, atMs?: number) =>
    ({ fact: 'nodes.ready', subject: { site: 'east' }, value, ...(atMs !== undefined && { atMs }) }) as const;

  test('tells a fact at first sight and when it changes', () => {
    const { told, teller } = listen();
    teller.tell([ready(3)], 1_000);
    teller.tell([ready(3)], 2_000);
    teller.tell([ready(2)], 3_000);
    expect(told).toEqual(['nodes.ready 3 @1000', 'nodes.ready 2 @3000']);
  });

  test("takes the source's own stamp, whole, not in the future and not before the last change", () => {
    const { told, teller } = listen();
    teller.tell([ready(3, 4_000.7)], 5_000);
    teller.tell([ready(2, 3_000)], 6_000);
    teller.tell([ready(1, 99_000)], 7_000);
    expect(told).toEqual(['nodes.ready 3 @4000', 'nodes.ready 2 @4000', 'nodes.ready 1 @10000']);
  });
});

describe('facts of a site', () => {
  test('that was listed anew tell pods gone that vanished meanwhile', () => {
    const { told, teller } = listen();
    const facts = createSiteFacts(site, ground, 0, teller);
    facts.listed(stateOf({ pods: [pod('a'), pod('b')] }), 1_000);
    told.length = 0;
    facts.listed(stateOf({ pods: [pod('b'), pod('c', { ready: false })] }), 5_000);
    expect(told).toEqual([
      'pod.node east-worker @5000',
      'pod.ready false @5000',
      'pod.node null @5000',
      'pod.ready null @5000',
    ]);
  });

  test('are read again when an object that bears on them changes, and only then', () => {
    const { told, teller } = listen();
    const facts = createSiteFacts(site, ground, 0, teller);
    facts.listed(stateOf({ deployments: [deployment(3, 3)] }), 1_000);
    told.length = 0;
    const state = stateOf({ deployments: [deployment(3, 2)] });
    facts.changed('nodes', { metadata: { name: 'ep-1-east-worker' } }, state, 2_000);
    expect(told).toEqual([]);
    facts.changed('deployments', deployment(3, 2), state, 2_500);
    expect(told).toEqual([
      'workload.ready 2 @2500',
      'workload.degraded true @2500',
      'workload.whole false @2500',
      'workload.rolled-out false @2500',
    ]);
  });
});

describe('a watch', () => {
  test('that brings the writes of the prober back has no gap', () => {
    const fresh = createFreshness();
    for (let n = 1; n <= 20; n++) {
      fresh.acknowledged(n, n * 100);
      expect(fresh.seen(n * 100 + 30, n)).toBeUndefined();
    }
    expect(fresh.isStale(2_100)).toBe(false);
    expect(fresh.open(2_500)).toBeUndefined();
  });

  test('that was silent for more than a second had a gap, from the last write that came back', () => {
    const fresh = createFreshness();
    expect(fresh.seen(100, 1)).toBeUndefined();
    expect(fresh.seen(1_100, 2)).toBeUndefined();
    expect(fresh.open(3_000)).toEqual({ fromMs: 1_100, toMs: 3_000 });
    expect(fresh.seen(4_000)).toEqual({ fromMs: 1_100, toMs: 4_000 });
    expect(fresh.seen(4_100, 3)).toBeUndefined();
  });

  test('that leaves an acknowledged write out is of the past; without acknowledged writes nothing is known', () => {
    const fresh = createFreshness();
    fresh.seen(100, 1);
    expect(fresh.isStale(60_000)).toBe(false);
    fresh.acknowledged(2, 60_000);
    fresh.acknowledged(3, 60_100);
    expect(fresh.isStale(61_500)).toBe(false);
    expect(fresh.isStale(61_501)).toBe(true);
    fresh.seen(61_600, 3);
    expect(fresh.isStale(70_000)).toBe(false);
  });

  test('has no gap before it began', () => {
    expect(createFreshness().seen(60_000, 1)).toBeUndefined();
  });
});

describe('the control plane', () => {
  const known = (more: Partial<Record<FactName, FactValue>> = {}) => {
    const values: Partial<Record<FactName, FactValue>> = {
      'api.server': true,
      'etcd.whole': true,
      'controller.leader': 'east-control-plane',
      'scheduler.leader': 'east-control-plane',
      ...more,
    };
    const all = new Map(
      (Object.keys(values) as FactName[]).map((fact) => [
        factKey(fact, { site: 'east', node: 'east-control-plane' }),
        values[fact],
      ]),
    );
    return { value: (fact: FactName, subject: Subject) => all.get(factKey(fact, subject)) };
  };

  test('is whole when each of its parts is', () => {
    expect(controlWhole(siteGround, known())?.value).toBe(true);
    for (const part of [
      { 'api.server': false },
      { 'etcd.whole': false },
      { 'controller.leader': null },
      { 'scheduler.leader': null },
    ])
      expect(controlWhole(siteGround, known(part))?.value).toBe(false);
  });

  test('is not spoken of before every part was seen', () => {
    expect(controlWhole(siteGround, { value: () => undefined })).toBeUndefined();
  });
});

describe('events of the engine', () => {
  const event = (Action: string) => ({
    Action,
    timeNano: 1_700_000_000_123_456_800,
    Actor: { Attributes: { name: 'ep-1-east-worker' } },
  });

  test('say when a machine went off or on', () => {
    expect(['die', 'pause', 'start', 'unpause'].map((action) => readPowerEvent(event(action))?.on)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(Math.floor(readPowerEvent(event('die'))!.wallMs)).toBe(1_700_000_000_123);
  });

  test('of other kinds say nothing', () => {
    expect(
      ['exec_create: cat /x', 'kill', 'stop', 'health_status'].map((action) => readPowerEvent(event(action))),
    ).toEqual(Array(4).fill(undefined));
    expect(readPowerEvent({})).toBeUndefined();
  });
});

describe('capacity', () => {
  test('of a pod is its concurrency by the time that a request is held, calls and commit included', () => {
    const behaviour = { ...workload('Deployment', 'x').behaviour };
    const alone = workload('Deployment', 'orders');
    expect(podCapacityRps(site, alone)).toBeCloseTo(500, 6);
    const commits = workload('Deployment', 'orders', { behaviour: { ...behaviour, database: 'postgres' } });
    expect(podCapacityRps(site, commits)).toBeCloseTo(250, 6);
    const gateway = workload('Deployment', 'gateway', { behaviour: { ...behaviour, calls: ['orders'] } });
    expect(podCapacityRps(site, gateway)).toBeCloseTo(250, 6);
  });

  test('is bounded by the CPU limit, and a service that calls itself ends the chain', () => {
    const plain = workload('Deployment', 'orders');
    const limited = { ...plain, template: { ...plain.template, limits: { cpuCores: 0.1 } } };
    expect(podCapacityRps(site, limited)).toBe(100);
    expect(podCapacityRps(site, { ...plain, behaviour: { ...plain.behaviour, calls: ['orders'] } })).toBeCloseTo(
      500,
      6,
    );
  });

  test('is told for workloads behind an entry, on change, and for demand in steps of 2 %', () => {
    expect(servedWorkloads(site).map(({ name }) => name)).toEqual(['orders']);
    const told: RunEventBody[] = [];
    let demandRps = 1_000;
    const read = createCapacityReader(
      site,
      () => demandRps,
      (event) => told.push(event),
    );
    read(stateOf({ deployments: [deployment(3, 2)] }), 0);
    demandRps = 1_020;
    read(stateOf({ deployments: [deployment(3, 2)] }), 500);
    demandRps = 1_030;
    read(stateOf({ deployments: [deployment(3, 2)] }), 1_000);
    read(stateOf({ deployments: [deployment(3, 3)] }), 1_500);
    expect(told).toEqual(
      [
        [2, 1_000, 1_000],
        [2, 1_000, 1_030],
        [3, 1_500, 1_030],
      ].map(([readyReplicas, capacityRps, demandRps]) => ({
        type: 'capacity',
        site: 'east',
        workload: 'orders',
        readyReplicas,
        wantedReplicas: 3,
        capacityRps,
        demandRps,
      })),
    );
  });
});

describe('warnings', () => {
  test('that repeat are one line with the newest time, and the oldest go when there are too many', () => {
    const warnings = createWarnings();
    const warn = (name: string, lastTimestamp: string) =>
      warnings.add('east', {
        metadata: { name, namespace: 'shop' },
        reason: 'BackOff',
        message: 'restarting',
        lastTimestamp,
        involvedObject: { kind: 'Pod', namespace: 'shop', name: 'a' },
      });
    warn('x', '1');
    warn('y', '2');
    warn('x', '3');
    expect(warnings.lines()).toEqual([
      '2 east Pod/shop/a BackOff: restarting',
      '3 east Pod/shop/a BackOff: restarting',
    ]);
    for (let i = 0; i < 600; i++) warn(`z${i}`, '4');
    expect(warnings.lines()).toHaveLength(500);
  });
});
