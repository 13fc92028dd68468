import { expect, it } from 'vitest';
import { worker, workloadOf, workloadWorld } from './world.ts';

/** Everything that is told of pods and nodes in a run with a loss, a release and a drain. */
function story(seed: number): readonly string[] {
  const world = workloadWorld([workloadOf('orders', { replicas: 6 }), workloadOf('agent', { kind: 'DaemonSet' })], {
    seed,
    workers: 4,
  });
  const told: string[] = [];
  world.workloads.podChanged.on(({ name, node, truth, ready, deletedMs }) =>
    told.push(`${world.kernel.now()} ${name} ${node} ${truth} ${ready} ${deletedMs}`),
  );
  world.nodes.changed.on(({ node }) => told.push(`${world.kernel.now()} ${node} ${world.nodes.get(node).ready}`));
  world.deployed();
  world.machines.setPower(worker(1), 'off');
  world.runFor(400_000);
  world.workloads.release('east', 'orders', 'orders:2', 'good');
  world.workloads.drain(worker(2));
  world.machines.setPower(worker(1), 'on');
  world.runFor(300_000);
  return told;
}

it('the same seed tells the same story, another seed another one', () => {
  expect(story(5)).toEqual(story(5));
  expect(story(6)).not.toEqual(story(5));
});
