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
const all = Object.entries(factories).map(
  ([name, make]) => [name, (make as (options: object) => Fault)(arguments_)] as const,
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
