/** Cuts a shape to a window of the clock and compresses it in time. Apart because clock times are words of people and profiles know only seconds. */
import type { ProblemList } from '../../base/errors.ts';
import type { Profile } from '../load.ts';
import { levelAt } from '../load-plan.ts';
import type { Shape } from './shapes.ts';

const daySeconds = 86_400;

/** From and to on the clock, `HH:MM` or `HH:MM:SS`, `24:00` allowed as end. A window whose end is not after its start passes midnight. */
export type ClockWindow = readonly [from: string, to: string];

/** The part of the shape inside the window, its first point at second 0, all times divided by `compress`. Adds a problem and gives the shape unchanged when the window is wrong. */
export function cutToWindow(shape: Shape, window: ClockWindow, compress: number, problems: ProblemList): Profile {
  const span = resolveWindow(shape, window, problems);
  if (span === undefined) return shape;
  const [from, to] = span;
  const inside = shape.points.filter(([second]) => second > from && second < to);
  const all = [[from, levelAt(shape.points, from)] as const, ...inside, [to, levelAt(shape.points, to)] as const];
  const points = all.map(([second, level]) => [(second - from) / compress, level] as const);
  const name = compress === 1 ? shape.name : `${shape.name} ×${compress} faster`;
  return { name: `${name} ${window[0]}–${window[1]}`, source: shape.source, points };
}

/** Seconds of the profile at the window's ends. The earliest day on which the whole window lies inside the shape wins. */
function resolveWindow(shape: Shape, window: ClockWindow, problems: ProblemList): [number, number] | undefined {
  const from = clockSeconds(window[0], problems);
  const to = clockSeconds(window[1], problems);
  if (from === undefined || to === undefined) return undefined;
  const length = to > from ? to - from : to - from + daySeconds;
  const [first, last] = [shape.points[0]![0], shape.points.at(-1)![0]];
  for (const day of [-1, 0, 1]) {
    const start = from - shape.anchorSecond + day * daySeconds;
    if (start >= first && start + length <= last) return [start, start + length];
  }
  problems.add({
    message: `Expected the window of \`${shape.name}\` to lie inside its curve, got ${window[0]} to ${window[1]}`,
    hint: `The curve reaches from ${clockText(shape.anchorSecond + first)} to ${clockText(shape.anchorSecond + last)}${last - first > daySeconds ? ' and longer than a day' : ''}.`,
  });
  return undefined;
}

/** Seconds since midnight; a problem and undefined when the text is not a time of the clock. */
function clockSeconds(text: string, problems: ProblemList): number | undefined {
  const match = /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  const [hours, minutes, seconds] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3] ?? 0)];
  const total = hours * 3_600 + minutes * 60 + seconds;
  if (match !== null && minutes < 60 && seconds < 60 && total <= daySeconds) return total;
  problems.add({ message: `Expected a time of the clock such as "23:55" or "00:00:30", got "${text}"` });
  return undefined;
}

/** The clock time of a second, which may lie on another day. */
function clockText(second: number): string {
  const inDay = second === daySeconds ? daySeconds : ((second % daySeconds) + daySeconds) % daySeconds;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(inDay / 3_600))}:${two(Math.floor((inDay % 3_600) / 60))}`;
}
