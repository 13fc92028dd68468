/** What the field knows of kubelets and the containers they keep, asked of whole worlds. */
import { describe, expect, it } from 'vitest';
import type { Verb } from '../../../src/domain/action.ts';
import { app, cluster, field, oneSite, servedBy } from './field.ts';

const shop = async (replicas: number, container: string, says: Readonly<Record<string, string>> = {}) =>
  field(await oneSite(cluster(1, 3), app('shop', { replicas, container, says }), servedBy('shop')));
type Field = ReturnType<typeof field>;
const pod = (f: Field, verb: Verb, index = 0) =>
  f.act(verb, { on: 'pod', site: 'site', workload: 'shop', pod: f.pods('shop')[index]!.name });
const probe = (kind: string, periodSeconds: number, timeoutSeconds: number, failureThreshold: number) =>
  `${kind}Probe: { httpGet: { path: /, port: 80 }, periodSeconds: ${periodSeconds}, timeoutSeconds: ${timeoutSeconds}, failureThreshold: ${failureThreshold} }`;

describe('probes', () => {
  it('that time out after more than their period come one after the other: three of 10 s are 30 s', async () => {
    const f = await shop(3, probe('readiness', 2, 10, 3));
    pod(f, 'pod.hang');
    const seconds = f.until(() => f.ready('shop') === 2) / 1_000;
    expect(seconds).toBeGreaterThanOrEqual(30);
    expect(seconds).toBeLessThanOrEqual(33);
  });

  it('of readiness go on while a hung container is given its 30 s to end', async () => {
    const f = await shop(3, `${probe('liveness', 5, 1, 1)}\n${probe('readiness', 5, 1, 3)}`);
    pod(f, 'pod.hang');
    // the liveness probe fails within 6 s, the readiness probe within 16 s, SIGKILL comes after 30 s
    expect(f.until(() => f.ready('shop') === 2) / 1_000).toBeLessThan(17);
    expect(f.pods('shop')[0]!.restarts).toBe(0);
    expect(f.until(() => f.pods('shop')[0]!.restarts === 1) / 1_000).toBeGreaterThan(15);
  });
});

describe('crash back-off', () => {
  it('is forgotten by a kubelet that is restarted: its dead containers start within seconds', async () => {
    const f = await shop(1, 'env: []', { release: 'crash' });
    f.wait(600_000);
    const before = f.pods('shop')[0]!.restarts;
    f.until(() => f.pods('shop')[0]!.restarts > before, 400_000);
    const { node, restarts } = f.pods('shop')[0]!;
    f.wait(20_000);
    f.act('process.kill', { on: 'component', component: 'kubelet', site: 'site', node: node! });
    expect(f.until(() => f.pods('shop')[0]!.restarts > restarts, 400_000) / 1_000).toBeLessThan(10);
  });

  it('reaches some seven restarts in ten minutes: 0, 10, 20, 40, 80, 160, 300 s', async () => {
    const f = await shop(1, 'env: []', { release: 'crash' });
    f.wait(540_000);
    expect(f.pods('shop')[0]!.restarts).toBeGreaterThanOrEqual(6);
    expect(f.pods('shop')[0]!.restarts).toBeLessThanOrEqual(7);
  });

  it('is forgotten after ten minutes without a crash: the next restart is immediate', async () => {
    const f = await shop(3, 'env: []');
    for (const times of [1, 2, 3]) {
      pod(f, 'pod.kill');
      f.until(() => f.pods('shop')[0]!.restarts === times, 100_000);
    }
    f.wait(615_000);
    pod(f, 'pod.kill');
    expect(f.until(() => f.pods('shop')[0]!.restarts === 4) / 1_000).toBeLessThan(5);
    pod(f, 'pod.kill');
    expect(f.until(() => f.pods('shop')[0]!.restarts === 5) / 1_000).toBeGreaterThan(9);
  });
});
