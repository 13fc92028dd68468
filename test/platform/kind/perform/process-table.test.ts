/** The process table of a node, read from what kernels print. */
import { describe, expect, test } from 'vitest';
import {
  goneFrom,
  isStopped,
  mainOf,
  nameProcesses,
  type Process,
  parseComponent,
  parseStat,
  parseStats,
} from '../../../../src/platform/kind/perform/process-table.ts';

const stat = (pid: number, name: string, state: string, parent: number, start: number) =>
  `${pid} (${name}) ${state} ${parent} ${pid} ${pid} 0 -1 4194560 10 0 0 0 5 6 0 0 20 0 9 0 ${start} 1 2 3`;

const process = (pid: number, parent: number, start: number, state = 'S'): Process => ({
  pid,
  name: 'x',
  state,
  parent,
  start,
});

describe('a line of /proc/PID/stat', () => {
  test('names the process by its id and its start', () => {
    expect(parseStat(stat(812, 'etcd', 'S', 700, 4711))).toEqual({
      pid: 812,
      name: 'etcd',
      state: 'S',
      parent: 700,
      start: 4711,
    });
  });

  test('is understood when the name holds brackets and spaces', () => {
    expect(parseStat(stat(9, '(sd-pam) x)', 'T', 1, 5))).toMatchObject({ name: '(sd-pam) x)', state: 'T', start: 5 });
  });

  test('is no process when it is something else', () => {
    expect(parseStats(`etcd --name=a\n\n${stat(1, 'systemd', 'S', 0, 1)}\nrefused\n`)).toHaveLength(1);
  });
});

describe('the processes of a component', () => {
  const table = [
    stat(812, 'etcd', 'S', 700, 10),
    'etcd --name=ep-1-east-control-plane --key-file=/etc/kubernetes/pki/etcd/server.key ',
    stat(900, 'etcd', 'S', 701, 20),
    'etcd --data-dir=/data ',
  ].join('\n');

  test('are those of a static pod, not a user’s own etcd', () => {
    expect(parseComponent(table, 'etcd').map(({ pid }) => pid)).toEqual([812]);
  });

  test('are found by the 15 characters that the kernel keeps', () => {
    const text = `${stat(5, 'kube-controller', 'S', 4, 1)}\nkube-controller-manager --kubeconfig=/etc/kubernetes/controller-manager.conf`;
    expect(parseComponent(text, 'kube-controller-manager')).toHaveLength(1);
  });

  test('are children of systemd for what systemd supervises', () => {
    const text = `${stat(150, 'containerd', 'S', 1, 1)}\n/usr/local/bin/containerd\n${stat(160, 'containerd', 'S', 9, 2)}\ncontainerd`;
    expect(parseComponent(text, 'containerd').map(({ pid }) => pid)).toEqual([150]);
  });

  test('do not include one that is only waiting for its parent', () => {
    expect(parseComponent(`${stat(812, 'etcd', 'Z', 700, 10)}\n /etc/kubernetes/`, 'etcd')).toEqual([]);
  });
});

describe('gone', () => {
  test('is a process whose id belongs to a later one', () => {
    expect(goneFrom([process(812, 1, 10)], [process(812, 1, 11)])).toHaveLength(1);
  });

  test('is not a process that is only stopped', () => {
    expect(goneFrom([process(812, 1, 10)], [process(812, 1, 10, 'T')])).toEqual([]);
    expect(isStopped(process(812, 1, 10, 'T'))).toBe(true);
  });

  test('is a process that nobody has buried yet', () => {
    expect(goneFrom([process(812, 1, 10)], [process(812, 1, 10, 'Z')])).toHaveLength(1);
  });
});

describe('the main process of a container', () => {
  test('is the oldest whose parent is outside, not a probe that was run inside', () => {
    const all = [process(30, 10, 300), process(21, 20, 201), process(20, 10, 200)];
    expect(mainOf(all)?.pid).toBe(20);
  });

  test('is nobody in a container without processes', () => {
    expect(mainOf([])).toBeUndefined();
  });
});

test('many processes are named by three of them', () => {
  const five = [1, 2, 3, 4, 5].map((pid) => process(pid, 0, 1));
  expect(nameProcesses(five)).toBe('processes 1, 2, 3 and 2 more');
  expect(nameProcesses(five.slice(0, 1))).toBe('process 1');
});
