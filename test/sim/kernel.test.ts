import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKernel, createSignal } from '../../src/sim/kernel.ts';
import { createQueue } from '../../src/sim/queue.ts';

describe('the event queue', () => {
  it('gives entries by time, those of equal time in order of adding, and never a cancelled one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 300 }), (entries) => {
        const queue = createQueue();
        const out: number[] = [];
        const tickets = entries.map(([time], i) => queue.add(time, () => out.push(i)));
        for (const [i, [, cancelled]] of entries.entries()) if (cancelled) queue.cancel(tickets[i]!);
        for (let run = queue.take(); run !== undefined; run = queue.take()) run();
        const expected = entries
          .map(([time, cancelled], i) => ({ time, cancelled, i }))
          .filter((entry) => !entry.cancelled);
        expect(out).toEqual(expected.sort((a, b) => a.time - b.time || a.i - b.i).map((entry) => entry.i));
        expect(queue.size).toBe(0);
      }),
    );
  });
});

describe('the kernel', () => {
  it('closes an instant after everything else of that instant, also what that instant adds to itself', () => {
    const kernel = createKernel('1');
    const order: string[] = [];
    kernel.atClose(10, () => order.push('close'));
    kernel.at(10, () => {
      order.push('first');
      kernel.after(0, () => order.push('added'));
    });
    while (kernel.step(100));
    expect(order).toEqual(['first', 'added', 'close']);
    expect(kernel.now()).toBe(10);
  });

  it('does not step beyond its limit and not into the past', () => {
    const kernel = createKernel('1');
    const times: number[] = [];
    kernel.at(50, () => kernel.at(3, () => times.push(kernel.now())));
    expect(kernel.step(49)).toBe(false);
    while (kernel.step(50));
    expect(times).toEqual([50]);
  });
});

describe('a signal', () => {
  it('reaches every listener before a change that a listener causes is told', () => {
    const signal = createSignal<number>();
    const heard: string[] = [];
    signal.on((value) => {
      heard.push(`a${value}`);
      if (value === 1) signal.emit(2);
    });
    signal.on((value) => void heard.push(`b${value}`));
    signal.emit(1);
    expect(heard).toEqual(['a1', 'b1', 'a2', 'b2']);
  });
});
