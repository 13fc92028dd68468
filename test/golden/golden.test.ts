/** Golden stories: whole runs as text that a person has read and found right. A change of the simulator shows here as a change of a story. `UPDATE_GOLDEN=1 npx vitest run test/golden` writes them anew; read the difference before committing it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/base/host.ts';
import { loadScenario } from '../../src/compose/catalogue.ts';
import { play } from '../catalogue/play-scenario.ts';
import { transcriptOf } from './transcript.ts';

interface Story {
  readonly scenario: string;
  readonly seed: string;
  readonly twin?: string;
  /** What a reader can see proven in it. */
  readonly proves: string;
}

const stories: readonly Story[] = [
  {
    scenario: 'etcd-leader-loss',
    seed: '7f3a',
    proves:
      'A killed etcd takes its own API server and nobody else with it; two members elect within two election time-outs; the kubelet brings the process back by itself; one that is stopped for good stays away until it is let go, and two members carry on.',
  },
  {
    scenario: 'site-loss',
    seed: '1',
    proves:
      'The global load balancer needs three failed checks to notice; the other site grows by its autoscalers; nodes come back before their database, and the site is in rotation again only after that.',
  },
  {
    scenario: 'site-partition',
    seed: '2',
    proves:
      'A cut between two active sites is no outage: neither control plane, node nor customer notices; the stream stalls two seconds later and both sides agree again after the cut.',
  },
  {
    scenario: 'one-site-carries-all',
    seed: '3',
    proves:
      'Operations are acts like any other: each is issued, proven and undone, and a drain respects budgets, so that no objective is ever in danger.',
  },
];

const update = process.env.UPDATE_GOLDEN === '1';
const fileOf = ({ scenario, seed, twin }: Story) =>
  join(projectRoot(), 'test', 'golden', `${[scenario, twin, seed].filter((part) => part !== undefined).join('.')}.txt`);

test.each(
  stories.map(
    (story) =>
      [`${story.scenario}${story.twin === undefined ? '' : ` as ${story.twin}`}, seed ${story.seed}`, story] as const,
  ),
)('the story of %s is told as before', async (title, story) => {
  const { scenario } = await loadScenario(story.scenario);
  const { record, events } = await play(scenario, {
    seed: story.seed,
    ...(story.twin !== undefined && { twin: story.twin }),
  });
  const text = `${title}\n${story.proves}\n\n${transcriptOf(events, record)}`;
  if (update) writeFileSync(fileOf(story), text);
  expect(existsSync(fileOf(story)), `${fileOf(story)} is missing: write it with UPDATE_GOLDEN=1`).toBe(true);
  expect(text).toBe(readFileSync(fileOf(story), 'utf8'));
});
