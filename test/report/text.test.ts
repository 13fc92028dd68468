import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoryDefinition } from '../../src/domain/story.ts';
import { mermaidOf } from '../../src/report/mermaid.ts';
import { quote, repeatCommand } from '../../src/report/repeat-command.ts';
import { runIdOf } from '../../src/report/run-id.ts';
import { lengthOf, wrapText } from '../../src/report/wrap.ts';

test('wrapping keeps every character that is no space, and no line is too wide', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      const lines = wrapText(text, width);
      expect(lines.every((line) => lengthOf(line) <= width)).toBe(true);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
  );
});

test('a run is named by time, scenario and seed, in characters that every file system takes', () => {
  const at = new Date('2026-11-11T00:00:00.123Z');
  expect(runIdOf(at, 'etcd-leader-loss', '7F3A')).toBe('2026-11-11T00-00-00Z-etcd-leader-loss-7f3a');
  expect(runIdOf(at, '../../evil name:\u0000', '1')).toBe('2026-11-11T00-00-00Z-evil-name-1');
  expect(runIdOf(at, '///', '1')).toBe('2026-11-11T00-00-00Z-run-1');
});

const usual = {
  scenario: 'leader',
  seed: '7f3a',
  platform: 'simulated',
  scale: 1,
  sets: [],
  noFaults: false,
  duds: [],
  allowCommands: false,
};

test('the repeat command names only what differs from the default', () => {
  expect(repeatCommand(usual)).toBe('elevenproof run leader --seed 7f3a');
  expect(
    repeatCommand({ ...usual, scale: 0.05, peakRps: 400, sets: ["a=b c'd"], duds: ['k'], twin: 't', noFaults: true }),
  ).toBe("elevenproof run leader --seed 7f3a --peak 400 --scale 0.05 --twin t --set 'a=b c'\\''d' --dud k --no-faults");
});

test('a quoted word comes back from a shell unchanged', () => {
  const words = ["it's", '$(reboot)', 'a b', '`x`', '*', '', '"', 'ä\\n', ';'];
  const output = execFileSync('/bin/sh', ['-c', `printf '%s|' ${words.map(quote).join(' ')}`], { encoding: 'utf8' });
  expect(output).toBe(words.map((word) => `${word}|`).join(''));
});

const story: StoryDefinition = {
  initial: 'peak',
  states: {
    peak: {
      entry: [{ do: 'inject', fault: 'kill-leader' }],
      when: [
        { conditions: [{ fact: 'etcd.leader', subject: { site: 'east' }, since: 'kill-leader' }], target: 'both' },
      ],
      after: { 30000: 'default' },
    },
    both: {
      regions: {
        left: { initial: 'l1', states: { l1: { ends: { how: 'region', because: '' } } } },
        right: { initial: 'r1', states: { r1: { ends: { how: 'region', because: '' } } } },
      },
      done: 'whole',
    },
    whole: { ends: { how: 'expected', because: '' } },
    default: { ends: { how: 'failed', because: 'no "leader": <script>' } },
  },
};

test('a story becomes a Mermaid diagram with aliases, regions, reasons and ends', () => {
  expect(mermaidOf(story).split('\n')).toEqual([
    'stateDiagram-v2',
    '  [*] --> s1',
    '  state "peak<br/>inject kill-leader" as s1',
    '  s1 --> s2 : etcd.leader of east since kill-leader',
    '  s1 --> s6 : after 30 s',
    '  state "both" as s2',
    '  state s2 {',
    '    [*] --> s3',
    '    state "l1" as s3',
    '    s3 --> [*]',
    '    --',
    '    [*] --> s4',
    '    state "r1" as s4',
    '    s4 --> [*]',
    '  }',
    '  s2 --> s5 : done',
    '  state "whole" as s5',
    '  s5 --> [*] : expected',
    '  state "default" as s6',
    '  s6 --> [*] : failed, no #34;leader#34;#58; #60;script#62;',
  ]);
});
