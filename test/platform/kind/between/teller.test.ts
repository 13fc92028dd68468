/** Facts on change, gaps in silence. */
import { describe, expect, test } from 'vitest';
import type { RunEventBody } from '../../../../src/domain/event.ts';
import { createGapWatch, createTeller } from '../../../../src/platform/kind/between/teller.ts';

const listen = () => {
  const told: RunEventBody[] = [];
  return { told, publish: (event: RunEventBody) => void told.push(event) };
};

test('a fact is told when it changes', () => {
  const { told, publish } = listen();
  const teller = createTeller(publish);
  for (const value of [true, true, false, false, true]) teller.fact('link.up', {}, value, 0);
  expect(told.map((event) => event.type === 'fact' && event.value)).toEqual([true, false, true]);
});

describe('a gap', () => {
  const watch = () => {
    const { told, publish } = listen();
    const gaps = () => told.map((event) => event.type === 'gap' && [event.fromMs, event.toMs]);
    return { gap: createGapWatch(publish, { observer: 'x', facts: ['link.up'] }, 0), gaps };
  };

  test('is a silence of more than a second, from the last answer on', () => {
    const { gap, gaps } = watch();
    gap.answered(100);
    gap.silent(600);
    gap.answered(1_000);
    gap.answered(2_500);
    expect(gaps()).toEqual([[1_000, 2_500]]);
  });

  test('that goes on is told in pieces without holes', () => {
    const { gap, gaps } = watch();
    gap.answered(0);
    for (let at = 200; at <= 4_000; at += 200) gap.silent(at);
    gap.answered(4_100);
    gap.answered(4_300);
    expect(gaps()).toEqual([
      [0, 1_200],
      [1_200, 3_400],
      [3_400, 4_100],
    ]);
  });

  test('is not told of a source that is about to begin', () => {
    const { gap, gaps } = watch();
    gap.silent(9_000);
    gap.answered(9_500);
    expect(gaps()).toEqual([]);
  });
});
