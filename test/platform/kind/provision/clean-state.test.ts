import type { V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { isWarm } from '../../../../src/platform/kind/provision/clean-state.ts';
import { parseTraces } from '../../../../src/platform/kind/provision/node-traces.ts';

const ended = (at: string) =>
  [{ status: { containerStatuses: [{ lastState: { terminated: { finishedAt: new Date(at) } } }] } }] as V1Pod[];
const at = (text: string) => Date.parse(text);

test('what ended within ten minutes, under the kubelet of now, is warm', () => {
  const since = at('2026-11-11T00:00:00Z');
  expect(isWarm(ended('2026-11-11T00:05:00Z'), since, at('2026-11-11T00:14:59Z'))).toBe(true);
  expect(isWarm(ended('2026-11-11T00:05:00Z'), since, at('2026-11-11T00:15:00Z'))).toBe(false);
  expect(isWarm([], since, at('2026-11-11T00:05:00Z'))).toBe(false);
});

test('what ended before the kubelet started, as when a node was parked, is not', () => {
  expect(isWarm(ended('2026-11-11T00:05:00Z'), at('2026-11-11T00:05:01Z'), at('2026-11-11T00:06:00Z'))).toBe(false);
});

test("a node's traces are read line by line; what the script does not say is no trace", () => {
  const output =
    'rule EP-0123456789ab-I\nmark /etc/kubernetes/elevenproof-held/etcd.yaml\nfrozen etcd\nkubelet 1795599193\n';
  expect(parseTraces(output)).toEqual({
    traces: [
      'a rule in its kernel: EP-0123456789ab-I',
      'a mark: /etc/kubernetes/elevenproof-held/etcd.yaml',
      'a frozen process: etcd',
    ],
    kubeletSinceMs: 1795599193000,
  });
  expect(parseTraces('kubelet \n')).toEqual({ traces: [], kubeletSinceMs: Number.NaN });
  expect(parseTraces('')).toEqual({ traces: [], kubeletSinceMs: Number.NaN });
});
