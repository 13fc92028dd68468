import { describe, expect, test } from 'vitest';
import { deployment, documents, kind, problemsOf, read, service } from './folder.ts';

const app = documents(deployment('web'), service('web'));
const withConfig = (config: string) => read({ 'kind.yaml': config, 'web.yaml': app });
const namedIn = async (config: string) =>
  Object.fromEntries((await withConfig(config)).notModelled.map((one) => [one.field, one.couldChange]));

describe('JSON 6902 patches of a kind config', () => {
  const patched = (kindName: string, ...operations: string[]) =>
    `${kind}kubeadmConfigPatchesJSON6902:\n  - group: kubeadm.k8s.io\n    version: v1beta3\n    kind: ${kindName}\n    patch: |\n${operations
      .map((operation) => `      - ${operation}\n`)
      .join('')}`;

  test('are read by what they patch: a name more in a certificate changes nothing', async () => {
    const config = patched(
      'ClusterConfiguration',
      '{ op: test, path: /kind, value: ClusterConfiguration }',
      '{ op: add, path: /apiServer/certSANs/-, value: my-host }',
    );
    expect(await namedIn(config)).toEqual({});
  });

  test('count as merge patches do: labels, taints and the most pods', async () => {
    const config = patched(
      'InitConfiguration',
      '{ op: add, path: /nodeRegistration/kubeletExtraArgs, value: { node-labels: "zone=a" } }',
      '{ op: add, path: /nodeRegistration/taints, value: [] }',
    );
    const [site] = (await withConfig(config)).sites;
    expect(site?.nodes[0]).toMatchObject({ labels: { zone: 'a' }, taints: [] });
    const more = patched('KubeletConfiguration', '{ op: replace, path: /maxPods, value: 300 }');
    expect((await withConfig(more)).sites[0]?.nodes[1]?.podsMax).toBe(300);
  });

  test('are named by the path that no model knows, and by what they take away', async () => {
    const config = patched(
      'ClusterConfiguration',
      '{ op: add, path: /etcd/local/extraArgs, value: { quota-backend-bytes: "500" } }',
      '{ op: remove, path: /scheduler }',
    );
    expect(await namedIn(config)).toEqual({
      'kind.kubeadmConfigPatches.ClusterConfiguration.etcd.local.extraArgs.quota-backend-bytes': ['*'],
      'kind.kubeadmConfigPatchesJSON6902.ClusterConfiguration.scheduler (remove)': ['*'],
    });
  });
});

test('a feature gate is named unless it only unlocks what a manifest must then use', async () => {
  const patch = (flag: string) =>
    `kubeadmConfigPatches:\n  - |\n    kind: ClusterConfiguration\n    apiServer: { extraArgs: { feature-gates: "${flag}" } }\n`;
  expect(await namedIn(`${kind}featureGates: { ImageVolume: true, SlowEverything: true }\n`)).toEqual({
    'kind.featureGates.SlowEverything': ['*'],
  });
  expect(await namedIn(kind + patch('CSIStorageCapacity=true'))).toEqual({});
  expect(Object.keys(await namedIn(kind + patch('ImageVolume=true,SlowEverything=true')))).toEqual([
    'kind.kubeadmConfigPatches.ClusterConfiguration.apiServer.extraArgs.feature-gates',
  ]);
});

test('a patch for the first control plane reaches it wherever it stands in the list', async () => {
  const config = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
kubeadmConfigPatches:
  - 'kind: InitConfiguration

    nodeRegistration: { kubeletExtraArgs: { node-labels: first=yes } }'
nodes: [{ role: worker }, { role: control-plane }, { role: control-plane }]
`;
  const [site] = (await withConfig(config)).sites;
  expect(site?.nodes.filter((node) => node.labels.first === 'yes').map((node) => node.role)).toEqual(['control-plane']);
  expect(site?.nodes[0]?.labels.first).toBe('yes');
});

test.each([
  [23, ['node-role.kubernetes.io/master']],
  [24, ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']],
  [25, ['node-role.kubernetes.io/control-plane']],
])('kubeadm of 1.%i taints control planes by the name of its time', async (minor, keys) => {
  const { sites } = await read({ 'kind.yaml': kind, 'web.yaml': app }, { nodeImage: `kindest/node:v1.${minor}.4` });
  expect(sites[0]?.nodes[0]?.taints.map((taint) => taint.key)).toEqual(keys);
});

test('a config in an older format is refused once, with what to change', async () => {
  const old =
    'kind: Cluster\napiVersion: kind.sigs.k8s.io/v1alpha3\nkubeadmConfigPatchesJson6902: []\nnodes: [{ role: control-plane }]\n';
  const problems = await problemsOf({ 'kind.yaml': old, 'web.yaml': app });
  expect(problems).toMatchObject([{ line: 2, message: expect.stringContaining('kind.x-k8s.io/v1alpha4') }]);
  const older = 'kind: Config\napiVersion: kind.sigs.k8s.io/v1alpha2\n';
  expect((await problemsOf({ 'kind.yaml': older, 'web.yaml': app }))[0]?.message).toMatch(/v1alpha4.*v1alpha2/);
});
