import { expect, test } from 'vitest';
import { outcomeOf, parseClientLine } from '../../../src/load/k6/client-log.ts';

test('a line says that a request started, or how it ended', () => {
  expect(parseClientLine('s 0 17 1795598512226')).toEqual({
    is: 'start',
    channel: 0,
    iteration: 17,
    atMs: 1_795_598_512_226,
  });
  expect(parseClientLine('e 1 17 1795598512247 213 503 1503 east shed')).toEqual({
    is: 'end',
    channel: 1,
    iteration: 17,
    atMs: 1_795_598_512_247,
    tookMs: 21.3,
    status: 503,
    errorCode: 1503,
    site: 'east',
    failed: 'shed',
  });
});

test('a request without an answer names neither site nor reason', () => {
  expect(parseClientLine('e 0 3 1795598513226 10000 0 1050 - -')).not.toHaveProperty('site');
});

test('torn lines and words of k6 are nobody', () => {
  for (const line of ['', 'e 0 3 1795598513226 10000 0', 's 0', 'WARN[0012] The flag is deprecated'])
    expect(parseClientLine(line)).toBeUndefined();
});

test("the service's own word decides, then the status, then what k6 says of the connection", () => {
  const outcome = (status: number, errorCode = 0, failed?: string) =>
    outcomeOf({ status, errorCode, ...(failed !== undefined && { failed }) });
  expect(outcome(201)).toBe('ok');
  expect(outcome(503, 1503, 'shed')).toBe('shed');
  expect(outcome(503, 1503, 'broken')).toBe('broken');
  expect(outcome(502, 1502, 'refused')).toBe('refused');
  expect(outcome(503, 1503)).toBe('refused');
  expect(outcome(429, 1429)).toBe('limited');
  expect(outcome(500, 1500)).toBe('error');
  expect(outcome(400, 1400)).toBe('error');
  expect(outcome(500, 1500, 'nonsense')).toBe('error');
  expect(outcome(502, 1502)).toBe('indeterminate');
  expect(outcome(504, 1504)).toBe('indeterminate');
  expect(outcome(0, 1212)).toBe('refused');
  expect(outcome(0, 1211)).toBe('unavailable');
  expect(outcome(0, 1101)).toBe('unavailable');
  expect(outcome(0, 1050)).toBe('indeterminate');
  expect(outcome(0, 1220)).toBe('indeterminate');
  expect(outcome(0, 1000)).toBe('indeterminate');
});
