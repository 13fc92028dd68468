/** The law of undo, as tests of one scenario: whatever the instant at which a runner is dropped, its journal is enough to make the world whole; and without the undo it stays broken. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/domain/event.ts';
import type { Scenario } from '../../src/domain/scenario.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { heal } from '../../src/run/heal.ts';
import { readUndoJournal } from '../../src/run/undo-journal.ts';
import { play } from '../catalogue/play-scenario.ts';
import { isNightly } from '../catalogue/seeds.ts';
import { type Dropped, dropRunner } from './dropped-runner.ts';
import { brokenIn } from './whole-world.ts';

const nightMs = isNightly ? 1_800_000 : 60_000;
const instants = isNightly ? 25 : 1;

/** Tried on every change: one scenario per kind of undo. The others are tried at night, for each takes several runs. */
const everyDay: readonly string[] = [
  'etcd-disk-stall',
  'etcd-leader-loss',
  'one-site-carries-all',
  'site-loss',
  'site-partition',
];
const { signal } = new AbortController();

/** All tests of one scenario. */
export function testUndo(scenario: Scenario): void {
  // Each costs ten seconds; all of them would double the time of every day's tests.
  const it = isNightly || everyDay.includes(scenario.name) ? test : test.skip;
  it('whenever its runner is dropped, its world is made whole from the journal alone', { timeout: nightMs }, () =>
    expectRestored(scenario),
  );
  if (openFault(scenario) !== undefined)
    it('without the undo its world stays broken', { timeout: nightMs }, () => expectBroken(scenario));
}

/** From the first act of the run to the end of its healing, ms. */
function stretchOf(events: readonly RunEvent[]): readonly [number, number] {
  const began = events.find((event) => event.type === 'action.issued');
  const quiet = events.find((event) => event.type === 'phase' && event.phase === 'quiet');
  return [began!.seenMs, quiet!.seenMs];
}

async function expectRestored(scenario: Scenario): Promise<void> {
  const [fromMs, toMs] = stretchOf((await play(scenario)).events);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: fromMs, max: toMs }), async (atMs) => {
      const dropped = await dropRunner(scenario, '1', atMs);
      const report = await heal(dropped.folder, async () => dropped.platform(), signal);
      expect(report.text, `dropped at ${atMs} ms`).not.toContain('Not whole');
      expect(report.exitCode).toBe(0);
      expect(settled(dropped), `dropped at ${atMs} ms: ${report.text}`).toEqual([]);
      expect(readUndoJournal(dropped.folder).undos).toEqual([]);
    }),
    { seed: 7, numRuns: instants },
  );
}

/** What is not whole after the world was left alone for a while: pods that were replaced late, autoscalers that follow. */
function settled({ world }: Dropped): readonly string[] {
  const { kernel } = world;
  for (let left = 60; left > 0 && brokenIn(world).length > 0; left--) {
    const untilMs = kernel.now() + 10_000;
    while (kernel.step(untilMs));
  }
  return brokenIn(world);
}

/** Verbs whose deed no platform undoes by itself. */
const lasting = new Set([
  'node.kill',
  'node.pause',
  'node.cordon',
  'node.drain',
  'link.cut',
  'link.slow',
  'disk.stall',
  'etcd.wipe',
  'process.hold',
  'replication.stall',
  'traffic.shift',
  'database.fence',
  'node.out-of-service',
]);

/** A fault of the scenario that lasts until it is undone. */
function openFault({ faults }: Scenario): string | undefined {
  return Object.keys(faults).find(
    (name) => faults[name]!.actions.some(({ verb }) => lasting.has(verb)) && faults[name]!.undo.actions.length > 0,
  );
}

/** The control run: the same drop while the damage stands, and healing whose acts do nothing. */
async function expectBroken(scenario: Scenario): Promise<void> {
  const fault = openFault(scenario)!;
  const { events } = await play(scenario);
  const landed = events.find((event) => event.type === 'fault.landed' && event.fault === fault);
  const dropped = await dropRunner(scenario, '1', landed!.seenMs + 1);
  const report = await heal(dropped.folder, async () => withoutActs(dropped.platform()), signal);
  expect(report.exitCode, report.text).toBe(5);
  expect(report.text).toContain(`${fault}#1`);
  expect(brokenIn(dropped.world)).not.toEqual([]);
}

const withoutActs = (platform: Platform): Platform => ({
  ...platform,
  issue: (action, outcome) => platform.issue({ ...action, dud: true }, outcome),
});
