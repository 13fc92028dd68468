/** What the field knows of kubelets and the containers they keep, asked of whole worlds. */
import { describe, expect, it } from 'vitest';
import type { Verb } from '../../../src/domain/action.ts';
import { app, cluster, field, oneSite, servedBy } from './field.ts';

const shop = async (replicas: number, container: string, says: Readonly<Record<string, string>> = {}, minor = 34) =>
  field(await oneSite(cluster(1, 3, { minor }), app('shop', { replicas, container, says }), servedBy('shop')));
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

describe('the ticker of a probe', () => {
  const startup = probe('startup', 10, 1, 3);
  /** A new pod of a shop whose kubelets have run for long. */
  const replaced = async (container: string, says: Readonly<Record<string, string>> = {}, minor = 34) => {
    const f = await shop(1, container, says, minor);
    const { uid } = f.pods('shop')[0]!;
    pod(f, 'pod.delete');
    f.until(() => f.pods('shop').some((each) => each.uid !== uid && each.ready));
    return { f, uid: f.pods('shop').find((each) => each.uid !== uid)!.uid };
  };
  const seconds = ({ f, uid }: Awaited<ReturnType<typeof replaced>>) => {
    const { acceptedMs, readySinceMs } = f.pods('shop').find((each) => each.uid === uid)!;
    return (readySinceMs! - acceptedMs!) / 1_000;
  };

  it('begins when the kubelet takes the pod on: a start-up probe of 10 s passes 10 s after, not when the container runs', async () => {
    expect(seconds(await replaced(startup))).toBeCloseTo(10, 1);
    // the container runs after 2 s, serves after 12 s
    expect(seconds(await replaced(startup, { 'startup-ms': '10000' }))).toBeCloseTo(20, 1);
  });

  it('counts the initial delay from the start of the container: the next tick at or after it probes', async () => {
    const delayed = startup.replace('{ httpGet', '{ initialDelaySeconds: 12, httpGet');
    expect(seconds(await replaced(delayed))).toBeCloseTo(20, 1);
  });

  it('does not hold back readiness: its first probe comes at once after the start-up probe passed', async () => {
    expect(seconds(await replaced(`${startup}\n${probe('readiness', 60, 1, 3)}`))).toBeCloseTo(10, 1);
  });

  it('outlives the container: one that is started again passes at the next tick of the same ticker', async () => {
    const of = await replaced(startup);
    of.f.wait(4_000);
    pod(of.f, 'pod.kill');
    of.f.until(() => of.f.ready('shop') === 0);
    of.f.until(() => of.f.ready('shop') === 1);
    expect(seconds(of) % 10).toBeCloseTo(0, 1);
  });

  it.each([
    [34, 'when its container started: a manual run moves the ticker', 0],
    [31, 'when the pod was taken on', 4],
  ])('of readiness in 1.%i began %s', async (minor, _, after) => {
    // serves 2 s after its start; the ticks after the first run, which fails, are those of the ticker
    const of = await replaced(probe('readiness', 4, 1, 1), { 'startup-ms': '2000' }, minor);
    const { acceptedMs, startedMs, readySinceMs } = of.f.pods('shop').find(({ uid }) => uid === of.uid)!;
    const sinceStart = (readySinceMs! - startedMs!) / 1_000;
    if (after > 0) expect(((readySinceMs! - acceptedMs!) / 1_000) % after).toBeCloseTo(0, 1);
    // the kubelet sees a start up to a second late
    else expect([sinceStart >= 4, sinceStart <= 5]).toEqual([true, true]);
  });

  it('begins up to a period late under a kubelet that has just started', async () => {
    const late = [];
    for (const seed of ['1', '2', '3', '4', '5', '6']) {
      const shape = await oneSite(cluster(1, 3), app('shop', { replicas: 3, container: startup }), servedBy('shop'));
      const f = field(shape, seed, 0); // deployed in the moment in which the kubelets started
      f.until(() => f.ready('shop') === 3);
      late.push(...f.pods('shop').map((each) => ((each.readySinceMs! - each.acceptedMs!) / 1_000) % 10));
    }
    expect(Math.min(...late)).toBeLessThan(3);
    expect(Math.max(...late)).toBeGreaterThan(7);
  });
});

describe('readiness after a restart of the kubelet', () => {
  /** When after its kubelet was killed a pod was not ready, and for how long. */
  const gaps = async (minor: number, periodSeconds: number) => {
    const f = await shop(3, probe('readiness', periodSeconds, 1, 3), {}, minor);
    const { uid, node } = f.pods('shop')[0]!;
    const isReady = () => f.pods('shop').find((each) => each.uid === uid)!.ready;
    f.act('process.kill', { on: 'component', component: 'kubelet', site: 'site', node: node! });
    const lostMs = f.until(() => !isReady(), 60_000);
    return { lostMs, gapMs: lostMs === Number.POSITIVE_INFINITY ? 0 : f.until(isReady) };
  };

  it('up to 1.34 has to be earned anew: a pod is not ready for up to one period', async () => {
    const { lostMs, gapMs } = await gaps(34, 30);
    expect(lostMs).toBeLessThan(10_000);
    expect(gapMs).toBeGreaterThan(0);
    expect(gapMs).toBeLessThanOrEqual(30_000);
  });

  it('is kept from 1.35 on until a probe fails', async () => {
    expect(await gaps(35, 30)).toEqual({ lostMs: Number.POSITIVE_INFINITY, gapMs: 0 });
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
