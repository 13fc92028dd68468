/** Small decisions of single verbs, on literals. */
import { describe, expect, test } from 'vitest';
import type { Ground } from '../../../../src/platform/kind/ground.ts';
import { isSameShare } from '../../../../src/platform/kind/perform/betweens.ts';
import { holdScript, releaseScript } from '../../../../src/platform/kind/perform/components.ts';
import { isEvicted } from '../../../../src/platform/kind/perform/evictions.ts';
import { answerIn, wrapped } from '../../../../src/platform/kind/perform/node-shells.ts';
import { machinesOf } from '../../../../src/platform/kind/perform/nodes.ts';
import { foundPod } from '../../../../src/platform/kind/perform/pod-processes.ts';

describe('holding a component down', () => {
  test('takes a static pod’s manifest to a folder of ours, and back only from there', () => {
    expect(holdScript('etcd')).toContain(
      'mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/elevenproof-held/etcd.yaml',
    );
    expect(releaseScript('etcd')).toMatch(/^set -e; if \[ -e \/etc\/kubernetes\/elevenproof-held\/etcd\.yaml \]; then/);
  });

  test('tells systemd not to restart it, in memory only', () => {
    expect(holdScript('kubelet')).toContain('/run/systemd/system/kubelet.service.d/99-elevenproof-held.conf');
  });

  test('starts a unit before the mark goes', () => {
    const script = releaseScript('containerd');
    expect(script.indexOf('systemctl start')).toBeLessThan(script.indexOf('rm -f'));
  });
});

describe('a shell that is kept open', () => {
  test('gives what a script printed and its code, once its mark has come', () => {
    expect(answerIn('two\nlines\n\nmark 3\n', 'mark')).toEqual({ text: 'two\nlines\n', code: 3 });
    expect(answerIn('two\nlines\n', 'mark')).toBeUndefined();
    expect(answerIn('\nmark 3', 'mark')).toBeUndefined();
  });

  test('passes arguments as they are', () => {
    expect(wrapped('echo "$1"', ["it's"], 'mark')).toBe(
      "(set -- 'it'\\''s'\necho \"$1\"\n) </dev/null; printf '\\n%s %s\\n' mark $?\n",
    );
  });
});

describe('a drain', () => {
  const pod = (more: object) => ({ metadata: { name: 'a', ...more } });

  test('evicts what a controller will start elsewhere', () => {
    expect(isEvicted(pod({ ownerReferences: [{ kind: 'ReplicaSet', controller: true }] } as object))).toBe(true);
  });

  test('leaves DaemonSets, mirrors of static pods and what is going already', () => {
    expect(isEvicted(pod({ ownerReferences: [{ kind: 'DaemonSet', controller: true }] }))).toBe(false);
    expect(isEvicted(pod({ annotations: { 'kubernetes.io/config.mirror': 'x' } }))).toBe(false);
    expect(isEvicted(pod({ deletionTimestamp: new Date(0) }))).toBe(false);
    expect(isEvicted({ ...pod({}), status: { phase: 'Succeeded' } })).toBe(false);
  });
});

describe('power', () => {
  const machine = (node: string) => ({
    node,
    site: 'east',
    role: 'worker' as const,
    container: `ep-1-${node}`,
    address: `172.20.4.${node.length}`,
  });
  const ground = {
    sites: [
      {
        name: 'east',
        machines: [machine('a'), machine('bb')],
        apiLoadBalancer: { container: 'ep-1-lb', address: '172.20.4.10' },
      },
    ],
  } as unknown as Ground;

  test('of a site is that of its nodes and of what stands before its API servers', () => {
    expect(machinesOf(ground, { on: 'site', site: 'east' }).map(({ container }) => container)).toEqual([
      'ep-1-a',
      'ep-1-bb',
      'ep-1-lb',
    ]);
  });

  test('of a node is its own', () => {
    expect(machinesOf(ground, { on: 'node', site: 'east' }, 'bb').map(({ container }) => container)).toEqual([
      'ep-1-bb',
    ]);
  });
});

describe('a pod of the API', () => {
  const running = { running: { startedAt: new Date(0) } };
  const status = (state: object) => ({
    containerStatuses: [
      { name: 'side', containerID: 'containerd://2', state: running },
      { name: 'main', containerID: 'containerd://1', state },
    ],
  });
  const pod = (state: object) =>
    ({
      metadata: { name: 'orders-1', namespace: 'order-desk', uid: 'u' },
      spec: { nodeName: 'ep-1-east-worker', containers: [{ name: 'main' }, { name: 'side' }] },
      status: status(state),
    }) as never;

  test('has its main process where its first container runs', () => {
    expect(foundPod(pod(running))).toMatchObject({ container: 'ep-1-east-worker', id: '1' });
  });

  test('has none while that container waits', () => {
    expect(foundPod(pod({ waiting: {} }))).toBeUndefined();
    expect(foundPod(undefined)).toBeUndefined();
  });
});

describe('weights', () => {
  test('are the same in any scale, and without the sites that get nothing', () => {
    expect(isSameShare({ east: 0, west: 1 }, { west: 100 })).toBe(true);
    expect(isSameShare({ east: 50, west: 50 }, { east: 1, west: 1 })).toBe(true);
  });

  test('may differ by what a load balancer cannot express', () => {
    expect(isSameShare({ east: 1, west: 2 }, { east: 85, west: 171 })).toBe(true);
    expect(isSameShare({ east: 1, west: 2 }, { east: 1, west: 3 })).toBe(false);
  });
});
