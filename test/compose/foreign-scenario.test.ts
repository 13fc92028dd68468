import { describe, expect, test } from 'vitest';
import { InputError, type Problem } from '../../src/base/errors.ts';
import { loadScenario } from '../../src/compose/catalogue.ts';
import { prepare } from '../../src/compose/prepare.ts';
import { deployment, documents, folderWith, kind, service } from './topology/folder.ts';

const files = { 'kind.yaml': kind, 'web.yaml': documents(deployment('web'), service('web')) };

async function prepared(name: string, more: Record<string, string> = {}) {
  const { scenario } = await loadScenario(name);
  return prepare({ scenario, seed: '1', topology: folderWith({ ...files, ...more }) });
}

async function problemsWith(name: string, more?: Record<string, string>): Promise<readonly Problem[]> {
  try {
    await prepared(name, more);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe('a scenario of the catalogue on a folder of somebody else', () => {
  test('calls the one site and the one business service as it does at home, and says so', async () => {
    const { topology, plan } = await prepared('etcd-leader-loss');
    expect(topology.sites.map((site) => site.name)).toEqual(['east']);
    expect(plan.service).toBe('orders');
    expect(topology.sites[0]?.services[0]).toMatchObject({ name: 'web', serves: 'orders' });
    expect(topology.assumed.join('\n')).toMatch(/the one site is called east, as the scenario calls it/);
    expect(topology.assumed.join('\n')).toMatch(/customers reach Service web, which the scenario calls orders/);
  });

  test('takes the Service that bears the name of its business service before any other', async () => {
    const more = { 'orders.yaml': documents(deployment('orders'), service('orders')) };
    const { topology } = await prepared('etcd-leader-loss', more);
    expect(topology.sites[0]?.services.find((one) => one.serves !== undefined)?.name).toBe('orders');
    const open = documents(deployment('front'), service('front', '  type: NodePort\n'));
    const outside = await prepared('etcd-leader-loss', { ...more, 'front.yaml': open });
    expect(outside.topology.sites[0]?.services.find((one) => one.serves !== undefined)?.name).toBe('front');
  });

  test('gives no name that the files give: sites of a topology.yaml, and what a Service says it serves', async () => {
    const topology = 'sites: { home: { cluster: kind.yaml, manifests: [web.yaml] } }\n';
    const problems = await problemsWith('etcd-leader-loss', { 'topology.yaml': topology });
    expect(problems.map((one) => one.message)).toEqual([expect.stringMatching(/has no site `east`/)]);
    const says = service('web').replace('name: web', 'name: web, annotations: { elevenproof.dev/serves: shop }');
    const served = await problemsWith('etcd-leader-loss', { 'web.yaml': documents(deployment('web'), says) });
    expect(served).toMatchObject([
      { message: expect.stringMatching(/No service `orders`/), hint: 'Services: shop, api.write, api.read.' },
    ]);
  });

  test('misses a name once, however many places use it, and says which are there', async () => {
    const problems = await problemsWith('pod-kill');
    expect(problems).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^fault `\S+` and \d+ more places: topology \S+ has no workload `orders`$/),
        hint: 'Workloads: web.',
      }),
    ]);
  });

  test('says that nothing there takes its load', async () => {
    const problems = await problemsWith('etcd-leader-loss', { 'web.yaml': deployment('web') });
    expect(problems.map((one) => one.message)).toEqual([
      expect.stringMatching(/a Service that customers reach, found none/),
    ]);
  });

  test('owns up to the sets that nobody typed', async () => {
    const [problem] = await problemsWith('noisy-partner');
    expect(problem?.message).toMatch(/^The scenario sets `\*\/Service\/gateway:.*`, but there is no such document$/);
    expect(problem?.hint).toBe('Objects: Service/web.');
  });
});
