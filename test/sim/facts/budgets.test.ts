/** What the field knows of disruption budgets and drains, asked of whole worlds. */
import { describe, expect, it } from 'vitest';
import { app, cluster, field, oneSite, servedBy } from './field.ts';

const budget = (bound: string, name = 'shop') =>
  `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: ${name} }\nspec: { ${bound}, selector: { matchLabels: { app: shop } } }\n`;
/** Pods of shop, on a node each, that a drain of the first one's node has taken away after two minutes. */
async function drained(replicas: number, hung: number, ...budgets: string[]) {
  const shape = await oneSite(cluster(1, replicas), app('shop', { replicas }), servedBy('shop'), ...budgets);
  const f = field(shape);
  const before = f.pods('shop').map(({ uid, node, name }) => ({ uid, node, name }));
  for (const { name } of before.slice(0, hung))
    f.act('pod.hang', { on: 'pod', site: 'site', workload: 'shop', pod: name });
  f.wait(60_000);
  f.node(before[0]!.node!, 'node.drain');
  f.wait(120_000);
  return before.filter(({ uid }) => !f.pods('shop').some((pod) => pod.uid === uid)).length;
}

describe('a drain under a budget', () => {
  it.each([
    ['minAvailable: 2', 3, 0, 1],
    ['minAvailable: 3', 3, 0, 0],
    ['minAvailable: 100%', 3, 0, 0],
    // 66 % of 3 rounds up to 2, 67 % to 3
    ['minAvailable: 66%', 3, 0, 1],
    ['minAvailable: 67%', 3, 0, 0],
    // 1 % of 3 rounds up to 1
    ['maxUnavailable: 1%', 3, 0, 1],
    ['maxUnavailable: 0', 3, 0, 0],
    // a pod that is not ready goes while enough others are
    ['minAvailable: 2', 3, 1, 1],
    ['minAvailable: 3', 3, 1, 0],
    // a number above what there is holds everybody, ready or not
    ['minAvailable: 4', 3, 1, 0],
    // nothing need be healthy, but nothing is: nothing may go
    ['maxUnavailable: 100%', 3, 3, 0],
    ['maxUnavailable: 100%', 3, 1, 1],
    // unless the budget lets unready pods go whatever is left
    ['minAvailable: 3, unhealthyPodEvictionPolicy: AlwaysAllow', 3, 1, 1],
    ['minAvailable: 3, unhealthyPodEvictionPolicy: AlwaysAllow', 3, 0, 0],
    // without a bound nothing is expected, so nothing may go; nor do others suffice for a pod that is not ready
    ['unhealthyPodEvictionPolicy: IfHealthyBudget', 3, 0, 0],
    ['unhealthyPodEvictionPolicy: IfHealthyBudget', 3, 1, 0],
    ['unhealthyPodEvictionPolicy: AlwaysAllow', 3, 1, 1],
  ])('of %s over %i pods, %i of them hung, takes %i', async (bound, replicas, hung, gone) => {
    expect(await drained(replicas, hung, budget(bound))).toBe(gone);
  });

  it('of a budget without selector takes whom it likes: it selects nobody', async () => {
    const nobody = budget('minAvailable: 3').replace(/, selector.*}/, ' }');
    expect(await drained(3, 0, nobody)).toBe(1);
  });

  it('never goes on under two budgets for one pod', async () => {
    expect(await drained(3, 0, budget('maxUnavailable: 1'), budget('maxUnavailable: 2', 'again'))).toBe(0);
  });
});
