/** The contract of the wrapper on the kind that is installed: one cluster of one node from its making to its end. */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterLabel, createKind, OperatingError, roleLabel, type Step } from '../../../src/kind/index.ts';
import { connectEngine } from '../../../src/platform/kind/engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'kind-wrapper-'));
const kubeconfig = join(folder, 'kubeconfig');
const name = `epw-${process.pid}`;
const kind = createKind({ prefix: 'epw-' });
const image = process.env.ELEVENPROOF_NODE_IMAGE;
const withImage = image === undefined ? {} : { image };
const steps: Step[] = [];

beforeAll(async () => {
  const config = { kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', nodes: [{ role: 'control-plane' }] };
  await kind.create({ name, config, ...withImage, kubeconfig, waitSeconds: 120, onStep: (step) => steps.push(step) });
});

afterAll(() => kind.delete(name, { kubeconfig }));

test('the version is one that can be used', async () => {
  const { text, loadBalancer } = await kind.version();
  expect(text).toMatch(/^\d+\.\d+\.\d+/);
  expect(['haproxy', 'envoy']).toContain(loadBalancer);
});

test('every step was told twice, at its begin and at its end', () => {
  const texts = (state: Step['state']) => steps.filter((step) => step.state === state).map(({ text }) => text);
  expect(texts('begun')).toContain('Preparing nodes');
  expect(texts('done')).toEqual(texts('begun'));
  expect(texts('failed')).toEqual([]);
});

test('the cluster is listed, with the node that kind labelled', async () => {
  expect(await kind.list()).toContain(name);
  expect(await kind.nodes(name)).toEqual([`${name}-control-plane`]);
  const state = await (await connectEngine()).state(`${name}-control-plane`);
  expect(state?.labels).toMatchObject({ [clusterLabel]: name, [roleLabel]: 'control-plane' });
});

test('a cluster that does not exist has no nodes', async () => {
  expect(await kind.nodes('epw-nobody')).toEqual([]);
});

test('the kubeconfig is in the file that was named, for outside; for inside it names the node', async () => {
  expect(readFileSync(kubeconfig, 'utf8')).toContain('https://127.0.0.1:');
  expect(await kind.kubeconfig(name, { internal: true })).toContain(`https://${name}-control-plane:6443`);
});

test('an image of the host is put into the node; one that is not there is told with what to do', async () => {
  await kind.loadImages(name, ['busybox:1.37'], { nodes: [`${name}-control-plane`] });
  const missing = await kind.loadImages(name, ['nobody/nothing:0']).catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(OperatingError);
  expect((missing as OperatingError).hint).toBe('Pull or build the image first.');
});

test('logs are written into the folder', async () => {
  const logs = join(folder, 'logs');
  await kind.exportLogs(name, logs);
  expect(readdirSync(logs)).toContain(`${name}-control-plane`);
});

test('a name that is taken fails in kind, with its words', async () => {
  const error = await kind.create({ name, ...withImage, kubeconfig }).catch((each: unknown) => each as OperatingError);
  expect((error as OperatingError).message).toContain('already exist for a cluster with the name');
  expect((error as OperatingError).hint).toContain('Delete that cluster first');
});

test('a second cluster that is broken off, then deleted, leaves nothing', async () => {
  const second = `${name}-b`;
  const aborting = new AbortController();
  const onStep = ({ text }: Step) => {
    if (text === 'Preparing nodes') setTimeout(() => aborting.abort(new Error('enough')), 1_000);
  };
  const options = { name: second, ...withImage, kubeconfig: join(folder, 'second'), onStep, signal: aborting.signal };
  await expect(kind.create(options)).rejects.toThrow('enough');
  await expect
    .poll(
      async () => {
        await kind.delete(second, { kubeconfig: join(folder, 'second') });
        return kind.nodes(second);
      },
      { timeout: 60_000, interval: 2_000 },
    )
    .toEqual([]);
  expect(existsSync(join(folder, 'second'))).toBe(false);
});
