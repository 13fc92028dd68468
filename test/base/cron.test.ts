import { describe, expect, it } from 'vitest';
import { cronProblems, parseCron } from '../../src/base/cron.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('cron', () => {
  it.each([
    ['*/5 * * * *', 0, 5 * minute],
    ['*/5 * * * *', 5 * minute, 10 * minute],
    ['*/5 * * * *', 5 * minute - 1, 5 * minute],
    ['* * * * *', 61_000, 2 * minute],
    ['3,17 * * * *', 4 * minute, 17 * minute],
    ['10-20/5 * * * *', 16 * minute, 20 * minute],
    ['7/20 * * * *', 8 * minute, 27 * minute],
    ['30 2 * * *', 3 * hour, day + 2 * hour + 30 * minute],
    ['0 0 * * 1', 1, 7 * day],
    ['0 0 * * TUE', 0, day],
    ['0 0 * * 7', 0, 6 * day],
    ['0 0 1 * *', 0, 20 * day],
    ['0 0 29 feb *', 0, 110 * day],
    ['0 0 1 * 5', 0, 4 * day],
  ])('%s after %d ms is at %d ms', (expression, ms, expected) => {
    expect(parseCron(expression).nextAfter(ms)).toBe(expected);
  });

  it.each([
    ['*/5 * * * *', 5, true],
    ['* * * * *', 1, true],
    ['0 */6 * * *', 360, true],
    ['0 3 * * *', 1440, true],
    ['0,10 * * * *', 50, false],
    ['0 0 * * mon', 7 * 1440, true],
    ['30 2 29 2 *', 1461 * 1440, true],
  ])('%s fires at least every %d min', (expression, minutes, even) => {
    expect(parseCron(expression).period()).toEqual({ periodMs: minutes * minute, even });
  });

  it('a stepped star restricts as Kubernetes reads it: odd days or Mondays, not odd Mondays', () => {
    const { nextAfter } = parseCron('0 0 */2 * mon');
    expect([nextAfter(0), nextAfter(6 * day)]).toEqual([2 * day, 7 * day]);
    expect(parseCron('0 0 */1 * mon').nextAfter(0)).toBe(7 * day);
  });

  it.each([
    ['', /five fields, got ``/],
    ['* * * *', /five fields/],
    ['60 * * * *', /a minute from 0 to 59 .* got `60`/],
    ['*/0 * * * *', /a minute/],
    ['5-1 * * * *', /a minute/],
    ['x * * * *', /a minute/],
    ['* 24 * * *', /an? hour from 0 to 23/],
    ['* * 0 * *', /a day of the month from 1 to 31/],
    ['* * * 13 *', /a month from 1 to 12/],
    ['* * * * 8', /a day of the week from 0 to 7/],
    ['0 0 31 4 *', /fires at some time/],
    ['0 0 31 2 *', /fires at some time/],
  ])('"%s" is refused', (expression, words) => {
    expect(() => parseCron(expression)).toThrow(words);
  });

  it('every wrong field is named', () => {
    expect(cronProblems('a b c d e')).toHaveLength(5);
  });
});
