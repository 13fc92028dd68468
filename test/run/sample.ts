/** A small topology and a small scenario for the tests of the runner. */

import { defineScenario, type ScenarioInput } from '../../src/domain/define-scenario.ts';
import type { Fault } from '../../src/domain/fault.ts';
import type { LoadPlan } from '../../src/domain/load.ts';
import type { Objective } from '../../src/domain/objective.ts';
import type { NodeSpec, Topology } from '../../src/domain/topology.ts';
import type { RunRequest } from '../../src/run/run-request.ts';
import { createScripted, type Script } from './scripted-platform.ts';

const node = (name: string, role: NodeSpec['role']): NodeSpec => {
  return { name, role, labels: {}, taints: [], cpuCores: 4, memoryMiB: 4096, podsMax: 110 };
};

const site = (name: string): Topology['sites'][number] => ({
  name,
  role: 'active',
  kubernetes: { minor: 34, assumed: true },
  apiLoadBalancer: 'haproxy',
  nodes: [
    ...['', '2', '3'].map((suffix) => node(`${name}-control-plane${suffix}`, 'control-plane')),
    ...['', '2'].map((suffix) => node(`${name}-worker${suffix}`, 'worker')),
  ],
  workloads: [],
  services: [],
  autoscalers: [],
  disruptionBudgets: [],
});

/** Two sites of three control planes and two workers, and nothing on them. */
export const topology: Topology = {
  name: 'sample',
  sites: [site('east'), site('west')],
  link: { delayMs: 20, bandwidthMbps: 200 },
  replication: [],
  globalLoadBalancer: {
    mode: 'proxy',
    check: { path: '/ready', intervalMs: 2_000, timeoutMs: 1_000, fall: 3, rise: 2 },
    weights: { east: 50, west: 50 },
  },
  steadyState: { orders: { successRatioMin: 0.99 } },
  notModelled: [],
  assumed: [],
  files: [],
};

/** Kills the etcd leader of east. Undone by letting it start again. */
export const killLeader: Fault = {
  kind: 'hold-process',
  purpose: 'damage',
  title: 'hold etcd of east (leader)',
  actions: [{ verb: 'process.hold', target: { on: 'component', component: 'etcd', site: 'east', member: 'leader' } }],
  undo: {
    actions: [{ verb: 'process.release', of: 0 }],
    until: [{ fact: 'etcd.whole', subject: { site: 'east' } }],
    limitMs: 60_000,
  },
};

/** An objective that asks nothing: the runner never judges. */
export const asked: Objective = {
  family: 'none',
  name: 'something',
  expected: '',
  needs: { faults: [], slis: [] },
  evaluate: () => ({ standing: 'met', received: '', because: '', figures: {}, evidence: [] }),
};

type Parts = Partial<ScenarioInput<'kill'>>;

/** Kill the leader at the peak, wait for a new one, heal, wait until whole. */
export const sample = (parts: Parts = {}) =>
  defineScenario<'kill'>({
    name: 'sample',
    title: 'A sample',
    proves: 'that the runner runs',
    topology: 'sample',
    load: {
      channels: {
        web: { profile: { name: 'flat', source: '', points: [[0, 1]] }, rateRpsBase: 100, rateRpsPeak: 100 },
      },
    },
    limitMs: 300_000,
    faults: { kill: killLeader },
    objectives: [asked],
    story: ({ story, inject, heal, when, ends }) =>
      story({
        initial: 'peak',
        states: {
          peak: { when: when('load.peaked', 'killing') },
          killing: {
            entry: inject('kill'),
            when: when('etcd.leader', { site: 'east', since: 'kill' }, 'returning'),
            after: { 30000: 'leaderless' },
          },
          returning: {
            entry: heal('kill'),
            when: when('etcd.whole', { site: 'east', since: 'kill' }, 'whole'),
            after: { 60000: 'stuck' },
          },
          whole: ends('expected'),
          leaderless: ends('failed', 'no new leader within 30 s'),
          stuck: ends('failed', 'the member did not return'),
        },
      }),
    ...parts,
  });

export const plan: LoadPlan = {
  service: 'orders',
  channels: [{ name: 'web', points: [[0, 100]], rateRpsBase: 100, rateRpsPeak: 100 }],
  limitMs: 300_000,
};

/** A world in which killing and releasing etcd does what it should. */
export const healthy: Script = {
  facts: [
    ['etcd.leader', { site: 'east' }, 'east-control-plane2'],
    ['etcd.whole', { site: 'east' }, true],
  ],
  play: (world) => world.after(5_000, () => world.set('load.peaked', {}, true)),
  act: (action, world) => {
    if (action.dud) return { reason: 'no proof within 10 s' };
    if (action.verb === 'process.hold') {
      world.after(200, () => world.set('etcd.whole', { site: 'east' }, false));
      world.after(1_500, () => world.set('etcd.leader', { site: 'east' }, 'east-control-plane3'));
    }
    if (action.verb === 'process.release') world.after(3_000, () => world.set('etcd.whole', { site: 'east' }, true));
    return { tookMs: 100 };
  },
};

/** A request on a scripted world. */
export function request(script: Script, more: Partial<RunRequest> = {}) {
  const scripted = createScripted(script);
  const made: RunRequest = {
    scenario: sample(),
    topology,
    plan,
    platform: scripted.platform(),
    load: scripted.load,
    seed: '1',
    scale: 1,
    noFaults: false,
    duds: [],
    sets: [],
    version: '0.0.0',
    signal: new AbortController().signal,
    ...more,
  };
  return { ...scripted, request: made };
}
