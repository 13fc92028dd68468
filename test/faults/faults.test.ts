import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Target, verbs } from '../../src/domain/action.ts';
import type { Fault } from '../../src/domain/fault.ts';
import * as factories from '../../src/faults/index.ts';

const arguments_ = {
  component: 'etcd',
  site: 'east',
  member: 'one',
  workload: 'orders',
  factor: 10,
  from: 'east',
  to: 'west',
  delayMs: 5,
  fsyncMs: 2_000,
  replicas: 3,
  weights: { east: 1 },
  replication: 'orders',
  limitMs: 1,
} as const;
const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const rows = text('docs/faults.md').split('\n');
const withoutLimit = ['promoteDatabase', 'snapshotEtcd', 'syncBatch'];

/** Options as the page of faults says them: all of those above that the factory takes. */
function argumentsOf(name: string): object {
  const row = rows.find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
  const taken = [...row.split('|')[3]!.matchAll(/`(\w+)\??`/g)].map(([, option]) => option!);
  const known = withoutLimit.includes(name) ? taken : [...taken, 'limitMs'];
  return Object.fromEntries(Object.entries(arguments_).filter(([option]) => known.includes(option)));
}

const all = Object.entries(factories).map(
  ([name, make]) => [name, (make as (options: object) => Fault)(argumentsOf(name))] as const,
);

describe.each(all)('%s', (_name, fault) => {
  it('uses verbs only on targets that they take', () => {
    const allowed = (verb: keyof typeof verbs): readonly Target['on'][] => verbs[verb].on;
    for (const { verb, target } of fault.actions) expect(allowed(verb)).toContain(target.on);
    for (const { verb, of } of fault.undo.actions) expect(allowed(verb)).toContain(fault.actions[of]?.target.on);
  });

  it('gives only arguments that its verbs know', () => {
    for (const { verb, args } of fault.actions)
      expect(Object.keys(verbs[verb].args)).toEqual(expect.arrayContaining(Object.keys(args ?? {})));
  });

  it('always says what proves the platform whole, and until when', () => {
    expect(fault.undo.until.length).toBeGreaterThan(0);
    expect(fault.undo.limitMs).toBeGreaterThan(0);
    expect(fault.title).not.toBe('');
  });
});

describe.each(Object.entries(factories) as [string, (options: object) => Fault][])('%s', (name, make) => {
  it('takes the options of its row on the page of faults, and no others', () => {
    const refusal = (options: object) => {
      try {
        make(options);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const given = argumentsOf(name);
    expect(Object.keys(given)).not.toEqual([]);
    expect(refusal(given)).toBe('');
    expect(refusal({ ...given, membr: 'all' })).toContain('there is no option `membr`');
  });
});

describe('a fault that nothing could do', () => {
  const refused = (make: () => Fault) => {
    try {
      make();
    } catch (error) {
      return (error as Error).message.split('\n').length;
    }
    return 0;
  };

  it('is refused where it is written, with all that is wrong', () => {
    const { killProcess, slowPod, shiftTraffic, scaleWorkload, slowLink, killNode } = factories;
    expect(refused(() => killProcess({ component: 'ectd' as 'etcd', site: '', member: 'two' as 'one' }))).toBe(3);
    expect(refused(() => slowPod({ site: 'east', workload: 'orders', factor: 0 }))).toBe(1);
    expect(refused(() => shiftTraffic({ weights: { east: 0, west: 0 } }))).toBe(1);
    expect(refused(() => scaleWorkload({ site: 'east', workload: 'orders', replicas: -1 }))).toBe(1);
    expect(refused(() => slowLink({ from: 'east', to: 'west', delayMs: -5, lossRatio: 2 }))).toBe(2);
    expect(refused(() => killNode({ site: 'east', member: { count: 0 } }))).toBe(1);
    expect(refused(() => killNode({} as { site: string }))).toBe(1);
  });
});
