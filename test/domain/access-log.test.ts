import { expect, test } from 'vitest';
import { accessLogDirectives, parseAccessLine } from '../../src/domain/access-log.ts';

test('a served request names site, status, order and channel', () => {
  expect(parseAccessLine('ep1 1795598512226 21 east 201 -- 1000000017 shoppers POST /orders')).toEqual({
    acceptedMs: 1_795_598_512_226,
    tookMs: 21,
    site: 'east',
    status: 201,
    ending: '--',
    order: 1_000_000_017,
    channel: 'shoppers',
    method: 'POST',
    path: '/orders',
  });
});

test('what was not known is absent: no server, no status, no order', () => {
  expect(parseAccessLine('ep1 1795598512226 -1 <NOSRV> -1 CR - - POST /orders')).toEqual({
    acceptedMs: 1_795_598_512_226,
    ending: 'CR',
    method: 'POST',
    path: '/orders',
  });
});

test("HAProxy's own messages, torn lines and orders that are no number are not taken for what they are not", () => {
  expect(parseAccessLine('[NOTICE]   (1) : New worker (8) forked')).toBeUndefined();
  expect(parseAccessLine('ep1 1795598512226 21 east 201 -- 17')).toBeUndefined();
  expect(parseAccessLine('ep1 1795598512226 21 east 201 -- a%20b - GET /ready')?.order).toBeUndefined();
});

test('the form that HAProxy is told has a field for every word of a line', () => {
  const format = /log-format "(.*)"/.exec(accessLogDirectives.at(-1)!)![1]!;
  expect(format.split(' ')).toHaveLength(10);
});
