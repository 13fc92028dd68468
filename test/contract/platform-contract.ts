/** The contract of the platform port, as one suite that every adapter must pass. Its tests are one life in order, because a real platform is too dear to be made for each. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OperatingError } from '../../src/base/errors.ts';
import { type Action, type ActionOutcome, type ResolvedTarget, type Verb, verbs } from '../../src/domain/action.ts';
import type { RunEventBody } from '../../src/domain/event.ts';
import { type FactName, facts } from '../../src/domain/fact.ts';
import type { Topology } from '../../src/domain/topology.ts';
import type { Handle, Platform } from '../../src/platform/platform.ts';

/** What an adapter brings to the suite. */
export interface PlatformRig {
  /** `simulated`. */
  readonly name: string;
  /** A platform on which nothing was made yet. */
  make(topology: Topology): Promise<Platform>;
  readonly topology: Topology;
  /** How long any one test may take, ms of wall time. */
  readonly limitMs: number;
}

type Fact = Extract<RunEventBody, { type: 'fact' }>;
interface Seen {
  readonly event: RunEventBody;
  readonly atMs: number;
  readonly nowMs: number;
}

/** Runs the suite on this adapter. */
export function platformContract(rig: PlatformRig): void {
  const { topology } = rig;
  const never = new AbortController().signal;
  const timeout = rig.limitMs;
  const site = topology.sites[0]!;
  const controlPlane = site.nodes.find(({ role }) => role === 'control-plane')!.name;
  const worker = site.nodes.find(({ role }) => role === 'worker')!.name;
  const seen: Seen[] = [];
  const handles: Handle[] = [];
  let platform: Platform;
  let stop = () => {};

  const elapse = (ms: number) =>
    new Promise<void>((resolve) => void platform.clock.at(platform.clock.now() + ms, resolve));
  const act = (id: string, verb: Verb, target: ResolvedTarget, dud = false): Action => ({
    id,
    verb,
    target,
    args: {},
    dud,
  });
  const outcomeOf = (action: Action) => new Promise<ActionOutcome>((resolve) => platform.issue(action, resolve));
  const newest = (fact: FactName, subject: Fact['subject']) =>
    seen
      .map(({ event }) => event)
      .filter((event): event is Fact => event.type === 'fact' && event.fact === fact)
      .findLast((event) => Object.entries(subject).every(([key, value]) => event.subject[key as 'site'] === value))
      ?.value;
  const scheduler: ResolvedTarget = {
    on: 'component',
    component: 'kube-scheduler',
    site: site.name,
    node: controlPlane,
  };

  describe(`the platform ${rig.name}`, () => {
    beforeAll(async () => {
      platform = await rig.make(topology);
    }, timeout);
    afterAll(() => platform.teardown(never), timeout);

    test('has a name and declares its verbs from the catalogue', () => {
      expect(platform.name).toMatch(/^[a-z]+$/);
      expect([...platform.verbs].filter((verb) => !Object.hasOwn(verbs, verb))).toEqual([]);
      expect(platform.verbs.size).toBeGreaterThan(0);
    });

    test('makes nothing once it was told to stop', { timeout }, async () => {
      const other = await rig.make(topology);
      const stopped = AbortSignal.abort(new Error('told to stop'));
      await expect(other.provision(topology, { handle: () => {} }, stopped)).rejects.toThrow('told to stop');
      await other.teardown(never);
    });

    test('refuses to attach to what is not there', { timeout }, async () => {
      const other = await rig.make(topology);
      await expect(other.attach({ platform: platform.name, made: 'never' }, never)).rejects.toThrow(OperatingError);
    });

    test('journals a handle of plain data before provisioning is done, and returns the same', { timeout }, async () => {
      const handle = await platform.provision(topology, { handle: (given) => void handles.push(given) }, never);
      expect(handles.length).toBeGreaterThan(0);
      expect(handles.at(-1)).toEqual(handle);
      expect(JSON.parse(JSON.stringify(handle))).toEqual(handle);
    });

    test('deploys until every workload is ready, while it is observed', { timeout }, async () => {
      stop = platform.observe((event, atMs) => void seen.push({ event, atMs, nowMs: platform.clock.now() }), never);
      await platform.deploy(topology, never);
      await elapse(5_000);
      for (const { name, workloads } of topology.sites)
        for (const { name: workload } of workloads)
          expect([name, workload, newest('workload.whole', { site: name, workload })]).toEqual([name, workload, true]);
    });

    test('has a clock of whole ms that calls back in time and in order, unless cancelled', { timeout }, async () => {
      const { clock } = platform;
      const startMs = clock.now();
      const calls: string[] = [];
      const cancel = clock.at(startMs + 150, () => calls.push('cancelled'));
      clock.at(startMs + 200, () => calls.push('late'));
      clock.at(startMs + 100, () => calls.push('early'));
      cancel();
      await elapse(300);
      expect(calls).toEqual(['early', 'late']);
      expect(Number.isInteger(clock.now())).toBe(true);
      expect(clock.now()).toBeGreaterThanOrEqual(startMs + 300);
    });

    test('tells only facts of the catalogue, with their whole subject, their type, and a stamp that is not in the future', () => {
      const wrong = seen.filter(({ event, atMs, nowMs }) => {
        if (event.type !== 'fact') return false;
        const { subject, value } = facts[event.fact];
        const typed = event.value === null || typeof event.value === (value === 'text' ? 'string' : value);
        const whole = Object.keys(event.subject).join() === subject.join();
        return !typed || !whole || atMs > nowMs || !Number.isInteger(atMs);
      });
      expect(wrong).toEqual([]);
    });

    test('tells at first sight what stands already', () => {
      for (const { name } of topology.sites) {
        expect(newest('etcd.whole', { site: name })).toBe(true);
        expect(newest('api.writable', { site: name })).toBe(true);
        expect(newest('nodes.whole', { site: name })).toBe(true);
        expect(newest('etcd.leader', { site: name })).toEqual(expect.any(String));
      }
    });

    test('tells a fact again only when it has changed', () => {
      const last = new Map<string, unknown>();
      const again = seen.filter(({ event }) => {
        if (event.type !== 'fact') return false;
        const key = JSON.stringify([event.fact, event.subject]);
        const same = last.has(key) && last.get(key) === event.value;
        last.set(key, event.value);
        return same;
      });
      expect(again).toEqual([]);
    });

    test('acts when issued, and brings the outcome later with its proof and the interval in which it landed', {
      timeout,
    }, async () => {
      const issuedMs = platform.clock.now();
      let returned = false;
      const outcome = new Promise<ActionOutcome>((resolve) =>
        platform.issue(act('kill#1.0', 'process.kill', scheduler), (result) => {
          expect(returned).toBe(true);
          resolve(result);
        }),
      );
      returned = true;
      const result = await outcome;
      if (!result.landed) throw new Error(result.reason);
      expect(result.actionId).toBe('kill#1.0');
      expect(result.proof).not.toBe('');
      expect(result.fromMs).toBeGreaterThanOrEqual(issuedMs);
      expect(result.toMs).toBeGreaterThanOrEqual(result.fromMs);
      expect(platform.clock.now()).toBeGreaterThanOrEqual(result.toMs);
    });

    test('does not carry out the same action twice', { timeout }, async () => {
      let outcomes = 0;
      const cordon = act('cordon#1.0', 'node.cordon', { on: 'node', site: site.name, node: worker });
      expect((await outcomeOf(cordon)).landed).toBe(true);
      expect((await outcomeOf({ ...cordon, id: 'cordon#1.0~', verb: 'node.uncordon' })).landed).toBe(true);
      platform.issue(cordon, () => outcomes++);
      await elapse(3_000);
      expect(newest('node.schedulable', { site: site.name, node: worker })).toBe(true);
      expect(outcomes).toBe(0);
    });

    test('shows by facts what was done and what was undone', () => {
      const values = seen
        .map(({ event }) => event)
        .filter((event) => event.type === 'fact' && event.fact === 'node.schedulable' && event.subject.node === worker)
        .map((event) => (event as Fact).value);
      expect(values).toEqual([true, false, true]);
    });

    test('finds no proof of a dud, and says so', { timeout }, async () => {
      const result = await outcomeOf(act('dud#1.0', 'process.kill', scheduler, true));
      expect(result).toMatchObject({ actionId: 'dud#1.0', landed: false });
      expect(result.landed ? '' : result.reason).not.toBe('');
    });

    test('does not land on what is not there, and does not break', { timeout }, async () => {
      const nowhere: ResolvedTarget = {
        on: 'pod',
        site: site.name,
        workload: site.workloads[0]!.name,
        pod: 'nobody-0',
      };
      expect(await outcomeOf(act('nobody#1.0', 'pod.kill', nowhere))).toMatchObject({ landed: false });
    });

    test('undoes what was never done without harm', { timeout }, async () => {
      await outcomeOf(act('idle#1.0~', 'node.uncordon', { on: 'node', site: site.name, node: worker }));
      await outcomeOf(act('idle#1.1~', 'process.resume', scheduler));
      await elapse(30_000);
      expect(newest('control.whole', { site: site.name })).toBe(true);
      expect(newest('nodes.whole', { site: site.name })).toBe(true);
    });

    test('reads every database', { timeout }, async () => {
      const audit = await platform.audit(never);
      const named = topology.sites.flatMap(({ name, workloads }) =>
        workloads.flatMap(({ behaviour }) =>
          behaviour.database === undefined ? [] : [`${name}/${behaviour.database}`],
        ),
      );
      expect(Object.keys(audit.held).sort()).toEqual([...new Set(named)].sort());
      expect(audit.unreadable).toEqual({});
    });

    test('is silent once the observing was stopped, and stops twice without harm', { timeout }, async () => {
      stop();
      stop();
      const count = seen.length;
      await outcomeOf(act('cordon#2.0', 'node.cordon', { on: 'node', site: site.name, node: worker }));
      await elapse(5_000);
      expect(seen.length).toBe(count);
    });

    test('tears down twice without harm', { timeout }, async () => {
      await platform.teardown(never);
      await platform.teardown(never);
    });
  });
}
