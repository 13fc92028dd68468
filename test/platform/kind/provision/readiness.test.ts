import { expect, test } from 'vitest';
import { disagreementOf } from '../../../../src/platform/kind/provision/etcd-leader.ts';
import { notReady } from '../../../../src/platform/kind/provision/gate.ts';
import { until, within } from '../../../../src/platform/kind/provision/until.ts';

const says = (...answers: (string | Error)[]) =>
  disagreementOf(answers.map((answer, i) => ({ node: `n${i}`, answer })));

test('members agree when all name the same leader, and not before', () => {
  expect(says('12345678901234567890', '12345678901234567890')).toBeUndefined();
  expect(says('12345678901234567890', '12345678901234567891')).toBe('etcd members name 2 leaders');
  expect(says('1', '0')).toBe('etcd on n1 knows no leader');
  expect(says('1', new Error('connect ECONNREFUSED'))).toBe('etcd on n1 does not answer (connect ECONNREFUSED)');
});

test('nodes that are missing, not Ready or unknown are named', () => {
  const node = (name: string, status: string) => ({
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status }] },
  });
  const nodes = [node('a', 'True'), node('b', 'Unknown')];
  expect(notReady(['a'], nodes)).toBeUndefined();
  expect(notReady(['a', 'b', 'c'], nodes)).toBe('not Ready: b, c');
});

test('a wait that is over says what was still missing, also when looking failed', async () => {
  const bounds = { signal: new AbortController().signal, limitMs: 0 };
  await expect(until('all nodes Ready', async () => 'not Ready: b', bounds)).rejects.toThrow(
    'Failed to see all nodes Ready within 0 s: not Ready: b',
  );
  await expect(until('x', () => Promise.reject(new Error('refused\nbody')), bounds)).rejects.toThrow('0 s: refused');
});

test('a wait ends with the reason of its signal', async () => {
  const signal = AbortSignal.abort(new Error('interrupted'));
  await expect(until('x', async () => undefined, { signal, limitMs: 1000 })).rejects.toThrow('interrupted');
});

test('work that does not come back is told at its limit; what comes back in time is its result', async () => {
  const signal = new AbortController().signal;
  const never = new Promise<never>(() => undefined);
  await expect(within('stop the nodes', never, { signal, limitMs: 0 })).rejects.toThrow(
    'Failed to stop the nodes within 0 s',
  );
  await expect(
    within('x', never, { signal: AbortSignal.abort(new Error('interrupted')), limitMs: 1000 }),
  ).rejects.toThrow('interrupted');
  expect(await within('x', Promise.resolve(7), { signal, limitMs: 1000 })).toBe(7);
});
