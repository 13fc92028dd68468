import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import type { RunEvent } from '../../src/domain/event.ts';
import { type FindPlatform, heal } from '../../src/run/heal.ts';
import { readTimeline } from '../../src/run/read-timeline.ts';
import { run } from '../../src/run/run.ts';
import { readUndoJournal } from '../../src/run/undo-journal.ts';
import { healthy, request } from './sample.ts';
import { Crash, type Script } from './scripted-platform.ts';

const makeFolder = () => join(mkdtempSync(join(tmpdir(), 'heal-')), 'folder');
const { signal } = new AbortController();

/** Runs and ends the runner, not the world, at an event; nothing that it would have done afterwards is done. */
async function crashAt(at: (event: RunEvent) => boolean, script: Script = healthy) {
  const folder = makeFolder();
  let crashed = false;
  const made = request(script, {
    folder,
    onEvent: (event) => {
      if (!crashed && !at(event)) return;
      if (!crashed) made.drop();
      crashed = true;
      throw new Crash('killed');
    },
  });
  let ended = false;
  void run(made.request).then(
    () => {
      ended = true;
    },
    () => {
      ended = true;
    },
  );
  while (!crashed && !ended) await new Promise(setImmediate);
  const find: FindPlatform = async () => made.platform();
  return { ...made, folder, find, crashed };
}

/** Whether the world is whole: everything that was held was released. */
const heldOf = (issued: readonly Action[]) => {
  const held = new Set<string>();
  for (const action of issued) {
    if (action.target.on !== 'component') continue;
    if (action.verb === 'process.hold') held.add(action.target.node);
    if (action.verb === 'process.release') held.delete(action.target.node);
  }
  return [...held];
};

describe('heal', () => {
  it('makes the world whole after a crash at any event of a run (traffic aside)', async () => {
    const all = (await run(request(healthy).request)).events;
    let needed = 0;
    for (const { n } of all.filter((event) => event.type !== 'traffic')) {
      const { folder, find, world } = await crashAt((event) => event.n === n);
      if (heldOf(world.issued).length > 0) needed++;
      const report = await heal(folder, find, signal);
      expect(report.exitCode, `crash at ${n}: ${report.text}`).toBe(0);
      expect(heldOf(world.issued), `crash at ${n}`).toEqual([]);
    }
    expect(needed).toBeGreaterThan(5);
  });

  it('twice is harmless, and the second time there is nothing to do', async () => {
    const { folder, find, world } = await crashAt((event) => event.type === 'fault.landed');
    expect(await heal(folder, find, signal)).toMatchObject({
      healed: ['kill#1'],
      text: 'Whole again: kill#1.',
      exitCode: 0,
    });
    const issued = world.issued.length;
    expect(await heal(folder, find, signal)).toMatchObject({
      healed: [],
      exitCode: 0,
      text: 'Everything that was done is undone already.',
    });
    expect(world.issued).toHaveLength(issued);
  });

  it('waits for facts that show the damage before it calls the platform whole', async () => {
    const { folder, find, world } = await crashAt((event) => event.type === 'action.issued');
    const startMs = world.clock.now();
    await heal(folder, find, signal);
    expect(world.clock.now() - startMs).toBeGreaterThanOrEqual(3_000);
  });

  it('names what does not become whole and exits 5', async () => {
    const never: Script = {
      ...healthy,
      act: (action, world) => (action.verb === 'process.release' ? { tookMs: 100 } : healthy.act!(action, world)),
    };
    const { folder, find } = await crashAt((event) => event.type === 'state' && event.state === 'returning', never);
    const report = await heal(folder, find, signal);
    expect(report).toMatchObject({ exitCode: 5, text: 'Not whole: kill#1 (etcd.whole of east).' });
  });

  it('of a world that ended with its process says so', async () => {
    const { folder } = await crashAt((event) => event.type === 'fault.landed');
    const report = await heal(folder, async () => 'ended-with-process', signal);
    expect(report).toMatchObject({
      exitCode: 0,
      text: 'The scripted world ended with its process: nothing can be left.',
    });
  });

  it('of a run that tore down, or had made nothing, has nothing to do', async () => {
    const folder = makeFolder();
    const made = request(healthy, { folder });
    await run(made.request);
    const find: FindPlatform = async () => made.platform();
    expect(await heal(folder, find, signal)).toMatchObject({
      exitCode: 0,
      text: 'The platform was torn down: nothing is left.',
    });
    const early = await crashAt((event) => event.type === 'run.started');
    expect(await heal(early.folder, early.find, signal)).toMatchObject({
      text: 'Nothing had been made yet: nothing is left.',
    });
  });

  it('reads a journal whose last line is torn, and refuses one that is broken or missing', async () => {
    const { folder } = await crashAt((event) => event.type === 'fault.landed');
    const file = join(folder, 'undo.jsonl');
    appendFileSync(file, '{"kind":"undo","fault":"to');
    expect(readUndoJournal(folder).undos).toHaveLength(1);
    writeFileSync(file, readFileSync(file, 'utf8').replace('{"kind":"handle"', 'handle'));
    expect(() => readUndoJournal(folder)).toThrow(/undo\.jsonl:2 {2}Expected a line of JSON/);
    expect(() => readUndoJournal(makeFolder())).toThrow('There is no undo journal here');
  });
});

describe('the timeline of a crashed run', () => {
  it('is readable and holds everything up to the last fault that landed', async () => {
    const { folder } = await crashAt((event) => event.type === 'state' && event.state === 'returning');
    const { events } = readTimeline(join(folder, 'timeline.jsonl'));
    expect(events.some((event) => event.type === 'fault.landed')).toBe(true);
  });
});
