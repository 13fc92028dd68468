import { expect, test } from 'vitest';
import { clusterConfig, refuseSharedPorts } from '../../../../src/platform/kind/provision/cluster-config.ts';
import { sampleGround } from './sample-pair.ts';

const [east, west] = sampleGround.sites;

function config(cluster: object, index = 0, nodeImage?: string) {
  return clusterConfig({ site: 'east', cluster: { ...cluster }, objects: [] }, index === 0 ? east! : west!, {
    index,
    nodeImage,
  });
}

test('the cluster has the name of the pair, and the rest of the user as it is', () => {
  const own = {
    kind: 'Cluster',
    featureGates: { A: true },
    nodes: [{ role: 'control-plane', image: 'i:1', labels: { a: 'b' } }],
  };
  expect(config(own)).toEqual({
    ...own,
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    name: 'ep-7f3a21-east',
    networking: { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/16', apiServerAddress: '127.0.0.1' },
  });
});

test('the second site has other ranges, unless the user says which', () => {
  expect(config({}, 1).networking).toMatchObject({ podSubnet: '10.245.0.0/16', serviceSubnet: '10.97.0.0/16' });
  expect(config({ networking: { podSubnet: '10.9.0.0/16' } }, 1).networking).toMatchObject({
    podSubnet: '10.9.0.0/16',
  });
});

test('a node image is put into every node, also into the one that kind makes by itself', () => {
  const nodes = [{ role: 'control-plane', image: 'i:1' }, { role: 'worker' }];
  expect(config({ nodes }, 0, 'i:2').nodes).toEqual([
    { role: 'control-plane', image: 'i:2' },
    { role: 'worker', image: 'i:2' },
  ]);
  expect(config({}, 0, 'i:2').nodes).toEqual([{ role: 'control-plane', image: 'i:2' }]);
});

test('the port of the API server is left to kind, so that pairs do not meet', () => {
  expect(config({ networking: { apiServerPort: 6443 } }).networking).not.toHaveProperty('apiServerPort');
});

test('what a pair cannot have is told at once', () => {
  const wrong = { networking: { ipFamily: 'dual', disableDefaultCNI: true, kubeProxyMode: 'none' } };
  expect(() => config(wrong)).toThrow(/ipFamily ipv4, got `dual`[\s\S]*disableDefaultCNI[\s\S]*kubeProxyMode none/);
});

test('one port of the host for two nodes is refused before anything is made', () => {
  const mapped = (site: string, hostPort: number) => ({
    site,
    objects: [],
    cluster: { nodes: [{ extraPortMappings: [{ containerPort: 80, hostPort }] }] },
  });
  expect(() => refuseSharedPorts([mapped('east', 80), mapped('west', 80)])).toThrow('got :80/TCP twice');
  expect(() => refuseSharedPorts([mapped('east', 80), mapped('west', 81)])).not.toThrow();
  expect(() => refuseSharedPorts([mapped('east', 0), mapped('west', 0)])).not.toThrow();
});
