import { describe, expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from '../../src/domain/event.ts';
import { run } from '../../src/run/run.ts';
import { healthy, request } from './sample.ts';

const ofType = <T extends RunEventBody['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
const phasesOf = (events: readonly RunEvent[]) => ofType(events, 'phase').map((event) => event.phase);
const statesOf = (events: readonly RunEvent[]) => ofType(events, 'state').map((event) => event.state);

describe('a run', () => {
  it('walks the life cycle, injects the resolved leader, heals and ends as told', async () => {
    const { request: asked, world } = request(healthy);
    const outcome = await run(asked);
    expect(outcome).toMatchObject({ how: 'complete', because: undefined, unreverted: [], exitHints: [] });
    expect(phasesOf(outcome.events)).toEqual([
      'provision',
      'deploy',
      'warm-up',
      'steady',
      'story',
      'heal',
      'quiet',
      'verify',
      'teardown',
      'ended',
    ]);
    expect(statesOf(outcome.events)).toEqual(['peak', 'killing', 'returning', 'whole']);
    expect(world.issued.map((action) => [action.id, action.target])).toEqual([
      ['kill#1.0', { on: 'component', component: 'etcd', site: 'east', node: 'east-control-plane2' }],
      ['kill#1.0~', { on: 'component', component: 'etcd', site: 'east', node: 'east-control-plane2' }],
    ]);
    expect(ofType(outcome.events, 'fault.healed')).toHaveLength(1);
    expect(outcome.events.map((event) => event.n)).toEqual(outcome.events.map((_, i) => i));
    expect(outcome.coverage.neverVisited).toEqual(['leaderless', 'stuck']);
  });

  it('gives the same events for the same inputs', async () => {
    const first = await run(request(healthy).request);
    const second = await run(request(healthy).request);
    expect(JSON.stringify(second.events)).toBe(JSON.stringify(first.events));
  });
});
