import { expect, test } from 'vitest';
import { takeover } from '../../src/objectives/takeover.ts';
import { type At, evaluate, fact, fault } from './timeline.ts';

const asked = takeover({ of: 'etcd', after: 'kill', msMax: 5_000 });
const leader = (atMs: number, node: string | null, site = 'east'): At => [atMs, fact('etcd.leader', { site }, node)];

test('a takeover is measured from the landing to the next leader, by the stamp of its election', () => {
  const found = evaluate(asked, [leader(0, 'a'), ...fault(30_000), leader(30_200, null), leader(31_300, 'b')]);
  expect(found).toMatchObject({
    standing: 'met',
    received: '1.3 s ± 0.1',
    because: 'a → b',
    figures: { takeoverMs: 1_300 },
  });
});

test('a takeover at the bound is met, beyond it is missed', () => {
  expect(evaluate(asked, [leader(0, 'a'), ...fault(30_000), leader(35_000, 'b')]).standing).toBe('met');
  expect(evaluate(asked, [leader(0, 'a'), ...fault(30_000), leader(35_001, 'b')]).standing).toBe('missed');
});

test('a site without a leader until the end misses its takeover', () => {
  const found = evaluate(asked, [leader(0, 'a'), ...fault(30_000), leader(30_200, null)]);
  expect(found).toMatchObject({ standing: 'missed', received: '> 5 s', because: 'nobody took over' });
});

test('a leader that never changed was not exercised', () => {
  expect(evaluate(asked, [leader(0, 'a'), ...fault(30_000)])).toMatchObject({
    standing: 'unknown',
    received: 'not exercised',
  });
});

test('an election in the site that the fault did not hit does not count', () => {
  const found = evaluate(asked, [
    leader(0, 'a'),
    leader(0, 'w', 'west'),
    ...fault(30_000),
    leader(31_000, 'v', 'west'),
  ]);
  expect(found.standing).toBe('unknown');
});

test('a lost leader is unknown when the measurement ends before the bound', () => {
  const found = evaluate(asked, [leader(0, 'a'), ...fault(30_000), leader(30_100, null)], { endMs: 33_000 });
  expect(found).toMatchObject({ standing: 'unknown', received: 'not measured' });
});

test('leaders of something that has none are refused', () => {
  expect(() => takeover({ of: 'kubelet' as 'etcd', after: 'kill', msMax: 1 })).toThrow(
    /one of etcd, controller-manager, scheduler/,
  );
});
