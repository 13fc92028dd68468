import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTopology } from '../../../src/compose/topology/read-topology.ts';
import { deployment, documents, folderWith, kind, pair, problemsOf, read, service } from './folder.ts';

const app = documents(deployment('web'), service('web'));
const workloads = async (files: Record<string, string>) =>
  (await read(files)).sites[0]?.workloads.map((one) => one.name);

describe('where things lie in a folder', () => {
  test('the kind config may lie deeper than the manifests, or less deep', async () => {
    expect(await workloads({ 'web.yaml': app, 'hack/kind.yaml': kind })).toEqual(['web']);
    expect(await workloads({ 'kind.yaml': kind, 'deploy/k8s/web.yaml': app })).toEqual(['web']);
  });

  test('variants below the manifests are named and not read', async () => {
    const { sites, assumed } = await read({
      'kind.yaml': kind,
      'k8s/base/web.yaml': app,
      'k8s/base/kustomization.yaml': 'resources: [web.yaml]\n',
      'k8s/base/overlays/web.yaml': app,
      'node_modules/a/web.yaml': app,
    });
    expect(sites[0]?.workloads).toHaveLength(1);
    expect(assumed.join('\n')).toMatch(/not read: k8s\/base\/overlays/);
  });

  test('settings of tools are no manifests, in a folder of somebody else and in one with a topology.yaml', async () => {
    const tools = {
      'skaffold.yaml': 'apiVersion: skaffold/v4beta6\nkind: Config\nmetadata: { name: x }\n',
      'chart/Chart.yaml': 'apiVersion: v2\nname: x\nversion: 1.0.0\n',
      'audit-policy.yaml': 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata }]\n',
    };
    const { notModelled, assumed } = await read({ 'kind.yaml': kind, 'web.yaml': app, ...tools });
    expect(notModelled).toEqual([]);
    for (const file of ['audit-policy.yaml', 'skaffold.yaml'])
      expect(assumed).toContain(`${file} holds no Kubernetes object and is left out`);
    const topology = 'sites: { east: { cluster: kind.yaml, manifests: [.] } }\n';
    const own = await read({ ...pair({ topology }), 'skaffold.yaml': tools['skaffold.yaml'] });
    expect(own.notModelled).toEqual([]);
    expect(own.assumed.join('\n')).toMatch(/skaffold\.yaml is a tool's setting and is left out/);
  });
});

describe('whether a node takes the pods', () => {
  const placed = (pod: string) => problemsOf({ 'kind.yaml': kind, 'web.yaml': deployment('web', { pod }) });

  test('a DaemonSet for machines that are not there has no pods, and that is all', async () => {
    const set = deployment('agent', { pod: 'nodeSelector: { kubernetes.io/arch: s390x }' });
    const { sites } = await read({
      'kind.yaml': kind,
      'agent.yaml': set.replace('kind: Deployment', 'kind: DaemonSet'),
    });
    expect(sites[0]?.workloads.map((one) => one.name)).toEqual(['agent']);
  });

  test('taints that nobody bears are named with their nodes', async () => {
    const [problem] = await placed('nodeSelector: { node-role.kubernetes.io/control-plane: "" }');
    expect(problem?.message).toMatch(/bears none of \S+-control-plane \(node-role\S+control-plane:NoSchedule\)/);
    const borne =
      'nodeSelector: { node-role.kubernetes.io/control-plane: "" }\ntolerations: [{ operator: Exists, effect: NoSchedule }]';
    expect(await placed(borne)).toEqual([]);
  });

  test('a required affinity that no node answers is refused', async () => {
    const wanting = (key: string) =>
      `affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: ${key}, operator: Exists }] }] } } }`;
    expect((await placed(wanting('gpu')))[0]?.message).toMatch(/required nodeAffinity of web/);
    expect(await placed(wanting('kubernetes.io/os'))).toEqual([]);
  });

  test('a pod larger than any node is refused with both sizes', async () => {
    const large = deployment('web', { container: 'resources: { requests: { cpu: 12, memory: 1Gi } }' });
    const [problem] = await problemsOf({ 'kind.yaml': kind, 'web.yaml': large });
    expect(`${problem?.message} ${problem?.hint}`).toMatch(/12 cores and 1024 MiB.*8 cores.*elevenproof\.dev\/cpu/);
    const scaledDown = large.replace('spec:\n', 'spec:\n  replicas: 0\n');
    expect(await problemsOf({ 'kind.yaml': kind, 'web.yaml': scaledDown })).toEqual([]);
  });
});

describe('which Service customers reach', () => {
  const entry = async (...parts: string[]) =>
    (await read({ 'kind.yaml': kind, 'app.yaml': documents(...parts) })).sites[0]?.services.find(
      (one) => one.serves !== undefined,
    )?.name;

  test('a headless one only when there is no other', async () => {
    const headless = service('web', '  clusterIP: None\n').replace('name: web', 'name: web-peers');
    expect(await entry(deployment('web'), headless, service('web'))).toBe('web');
    expect(await entry(deployment('web'), headless)).toBe('web-peers');
  });

  test('it is said when nobody stated what its pods need', async () => {
    const parts = [deployment('web'), deployment('cart'), service('web'), service('cart')];
    const said = async (...more: string[]) =>
      (await read({ 'kind.yaml': kind, 'app.yaml': documents(...more) })).assumed.join('\n');
    expect(await said(...parts)).toMatch(/web needs no other Service to answer/);
    const stated = deployment('web', { annotations: 'elevenproof.dev/calls: cart' });
    expect(await said(stated, ...parts.slice(1))).not.toMatch(/needs no other/);
    expect(await said(deployment('web'), service('web'))).not.toMatch(/needs no other/);
  });
});

test('kinds of well-known extensions change what they can reach and no more', async () => {
  const object = (apiVersion: string, name: string) =>
    `apiVersion: ${apiVersion}\nkind: ${name}\nmetadata: { name: x }\n`;
  const { notModelled } = await read({
    'kind.yaml': kind,
    'app.yaml': documents(
      app,
      object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'),
      object('apiregistration.k8s.io/v1', 'APIService'),
      object('metallb.io/v1beta1', 'IPAddressPool'),
      object('monitoring.coreos.com/v1', 'Prometheus'),
      service('pods-of-the-operator'),
    ),
  });
  expect(Object.fromEntries(notModelled.map((one) => [one.field, one.couldChange]))).toEqual({
    ValidatingWebhookConfiguration: ['api.write', 'api.read', 'web', 'autoscaling', 'data'],
    APIService: ['autoscaling'],
    IPAddressPool: ['web'],
    Prometheus: ['web', 'autoscaling', 'data'],
  });
});

describe('fields that bear on the pods alone', () => {
  test('touch the business services that reach these pods, and workloads where none does', async () => {
    const late = (name: string, annotations = '') =>
      deployment(name, { annotations, pod: 'initContainers: [{ name: i, image: i }]' });
    const could = async (...parts: string[]) =>
      (await read({ 'kind.yaml': kind, 'app.yaml': documents(...parts) })).notModelled.map((one) => one.couldChange);
    const calling = (annotations: string) =>
      documents(deployment('web', { annotations }), service('web'), service('cart'), service('mail'), late('cart'));
    expect(await could(late('web'), service('web'))).toEqual([['web', 'autoscaling']]);
    expect(await could(deployment('web'), service('web'), late('loader'))).toEqual([['workloads']]);
    expect(await could(calling('example.com/calls: nobody-knows'), deployment('mail'))).toEqual([
      ['web', 'autoscaling'],
    ]);
    expect(await could(calling('elevenproof.dev/calls: cart'), deployment('mail'))).toEqual([['web', 'autoscaling']]);
    expect(await could(calling('elevenproof.dev/calls: mail'), deployment('mail'))).toEqual([['workloads']]);
  });

  test('are named when two containers of a pod are probed in two ways', async () => {
    const probe = (seconds: number) => `readinessProbe: { tcpSocket: { port: 1 }, periodSeconds: ${seconds} }`;
    const both = (first: number, second: number) =>
      read({
        'kind.yaml': kind,
        'app.yaml': documents(
          deployment('web', { container: `${probe(first)}\n- { name: side, image: s, ${probe(second)} }` }).replace(
            '          - { name: side',
            '        - { name: side',
          ),
          service('web'),
        ),
      });
    expect((await both(5, 5)).notModelled).toEqual([]);
    expect((await both(5, 30)).notModelled).toMatchObject([
      { field: 'Deployment.spec.template.spec.containers.readinessProbe (differs by container)', couldChange: ['web'] },
    ]);
  });
});

describe('files that are not what they seem', () => {
  test('text in UTF-16, as some shells write it, is read', async () => {
    const folder = folderWith({ 'kind.yaml': kind });
    writeFileSync(join(folder, 'web.yaml'), Buffer.from(`\ufeff${app}`, 'utf16le'));
    expect((await readTopology(folder)).sites[0]?.workloads).toHaveLength(1);
    writeFileSync(join(folder, 'web.yaml'), Buffer.from(`\ufeff${app}`, 'utf16le').swap16());
    expect((await readTopology(folder)).sites[0]?.workloads).toHaveLength(1);
  });

  test('a template whose braces YAML takes for a mapping is called a template, and nothing else is said of it', async () => {
    const template = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n';
    const problems = await problemsOf({ 'kind.yaml': kind, 'd.yaml': template });
    expect(problems.map((one) => one.message)).toEqual([
      'Expected a text as key, got a mapping or a list',
      'Expected plain YAML, got a template',
    ]);
  });

  test('a patch beside its base is told to kustomize, once', async () => {
    const patch = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 9 }\n';
    const files = { 'kind.yaml': kind, 'web.yaml': app, 'z-patch.yaml': patch };
    const [alone, ...others] = await problemsOf(files);
    expect([alone?.file, alone?.hint, others]).toEqual([
      'z-patch.yaml',
      'Are two variants of the same manifests listed?',
      [],
    ]);
    const [kustomized] = await problemsOf({ ...files, 'kustomization.yaml': 'resources: [web.yaml]\n' });
    expect(kustomized?.hint).toMatch(/kubectl kustomize/);
  });
});
