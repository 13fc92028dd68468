import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKind, InputError, OperatingError, type Step } from '../../src/kind/index.ts';
import { fakeKind } from './fake-kind.ts';

test('a cluster is made from plain data, into a kubeconfig that is named', async () => {
  const program = fakeKind();
  const kind = createKind({ binary: program.binary });
  const config = { kind: 'Cluster', nodes: [{ role: 'control-plane' }] };
  await kind.create({
    name: 'a',
    config,
    image: 'kindest/node:v1.34.0',
    kubeconfig: '/x/a.kubeconfig',
    waitSeconds: 9,
  });
  expect(program.calls()).toEqual([
    'create cluster --name a --kubeconfig /x/a.kubeconfig --config - --image kindest/node:v1.34.0 --wait 9s',
  ]);
  expect(JSON.parse(program.input())).toEqual(config);
});

test('steps are told in the order in which kind prints them', async () => {
  const script = [
    "echo ' • Preparing nodes 📦 📦  ...' >&2",
    "echo ' ✓ Preparing nodes 📦 📦 ' >&2",
    "echo 'Set kubectl context' >&2",
  ];
  const steps: Step[] = [];
  const kind = createKind({ binary: fakeKind(...script).binary });
  await kind.create({ name: 'a', kubeconfig: 'k', onStep: (step) => steps.push(step) });
  expect(steps).toEqual([
    { text: 'Preparing nodes', state: 'begun' },
    { text: 'Preparing nodes', state: 'done' },
  ]);
});

test('the other commands have the words that kind takes', async () => {
  const program = fakeKind();
  const kind = createKind({ binary: program.binary });
  await kind.delete('a', { kubeconfig: 'k' });
  await kind.nodes('a');
  await kind.kubeconfig('a', { internal: true });
  await kind.loadImages('a', ['x:1', 'y:1'], { nodes: ['a-worker', 'a-worker2'] });
  await kind.exportLogs('a', 'logs');
  expect(program.calls()).toEqual([
    'delete cluster --name a --kubeconfig k',
    'get nodes --name a',
    'get kubeconfig --name a --internal',
    'load docker-image x:1 y:1 --name a --nodes a-worker,a-worker2',
    'export logs logs --name a',
  ]);
});

test('only clusters of our prefix are listed, and no other is touched', async () => {
  const program = fakeKind('printf "other\\nep-b\\nep-a\\n"');
  const kind = createKind({ binary: program.binary, prefix: 'ep-' });
  expect(await kind.list()).toEqual(['ep-a', 'ep-b']);
  await expect(kind.delete('other', { kubeconfig: 'k' })).rejects.toThrow(InputError);
  expect(program.calls()).toEqual(['get clusters']);
});

test('nobody has clusters: an empty list', async () => {
  const kind = createKind({ binary: fakeKind('echo "No kind clusters found." >&2').binary });
  expect(await kind.list()).toEqual([]);
});

test.each(['', 'A', 'a b', '-a', 'a-', '--name', 'a'.repeat(41)])('%j is no name of a cluster', async (name) => {
  const kind = createKind({ binary: '/nowhere/kind' });
  await expect(kind.nodes(name)).rejects.toThrow(InputError);
});

test('a failure carries the command, the end of what kind said, and what to do', async () => {
  const script = [
    'i=0; while [ $i -lt 60 ]; do echo "line $i" >&2; i=$((i+1)); done',
    'echo "ERROR: port is already allocated" >&2; exit 1',
  ];
  const kind = createKind({ binary: fakeKind(...script).binary });
  const error = await kind.create({ name: 'a', kubeconfig: 'k' }).catch((each: unknown) => each);
  expect(error).toBeInstanceOf(OperatingError);
  const { message, hint } = error as OperatingError;
  expect(message).toMatch(/^Failed to create cluster a: kind ended with code 1\n.*create cluster --name a/);
  expect(message).toContain('ERROR: port is already allocated');
  expect(message).not.toContain('line 20\n');
  expect(hint).toContain('docker ps');
});

test('a program that is not there is told by name', async () => {
  const kind = createKind({ binary: '/nowhere/kind' });
  await expect(kind.version()).rejects.toThrow('there is no program `/nowhere/kind`');
});

test('what takes too long is ended, with everything that it started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'late-'));
  const kind = createKind({ binary: fakeKind(`(sleep 30 & echo $! > '${folder}/pid'; wait)`).binary });
  const late = kind.create({ name: 'a', kubeconfig: 'k', limitMs: 400 });
  await expect(late).rejects.toThrow('it did not end within 0.4 s');
  expect(isAlive(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBe(false);
});

test('an abort ends kind and throws its reason; after it nothing is started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'abort-'));
  const controller = new AbortController();
  const script = `echo ' • Preparing nodes  ...' >&2; sleep 30; touch '${folder}/after'`;
  const kind = createKind({ binary: fakeKind(script).binary });
  const onStep = () => controller.abort(new Error('interrupted'));
  const aborted = kind.create({ name: 'a', kubeconfig: 'k', signal: controller.signal, onStep });
  await expect(aborted).rejects.toThrow('interrupted');
  await expect(kind.list({ signal: controller.signal })).rejects.toThrow('interrupted');
  expect(existsSync(join(folder, 'after'))).toBe(false);
});

test('the environment is put on top of our own', async () => {
  const env = { KIND_EXPERIMENTAL_DOCKER_NETWORK: 'net-1' };
  const kind = createKind({ binary: fakeKind('echo "$KIND_EXPERIMENTAL_DOCKER_NETWORK"; [ -n "$PATH" ]').binary, env });
  expect(await kind.nodes('a')).toEqual(['net-1']);
});

/** A process that was killed and not yet waited for by its parent counts as gone. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
