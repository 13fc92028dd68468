/** The audit and what a promotion lacks, on literal rows. */
import { describe, expect, test } from 'vitest';
import { createAcceptedOrders } from '../../../../src/platform/kind/between/accepted-orders.ts';
import { createOrderFold, foldAudit, type OrderRow } from '../../../../src/platform/kind/between/audit-fold.ts';

const held = (...rows: readonly OrderRow[]) => {
  const fold = createOrderFold();
  for (const row of rows) fold.take(row);
  return fold.done();
};
const audit = (databases: Readonly<Record<string, ReturnType<typeof held>>>, rest = {}) =>
  foldAudit(new Map(Object.entries(databases)), {
    pairs: [['east/db', 'west/db']],
    writtenOff: new Map(),
    unreadable: {},
    ...rest,
  });

describe('the audit', () => {
  test('tells by database and accepting site which orders are there', () => {
    const {
      held: found,
      duplicated,
      conflicts,
    } = audit({
      'east/db': held([1, 'east', 'a'], [2, 'east', 'b'], [4, 'west', 'c']),
      'west/db': held([4, 'west', 'c']),
    });
    expect(found).toEqual({ 'east/db': { east: [[1, 3]], west: [[4, 5]] }, 'west/db': { west: [[4, 5]] } });
    expect([duplicated, conflicts]).toEqual([{}, 0]);
  });

  test('an order that two sites accepted is held twice', () => {
    expect(audit({ 'east/db': held([1, 'east', 'a'], [1, 'west', 'a'], [2, 'east', 'b']) }).duplicated).toEqual({
      'east/db': { west: [[1, 2]] },
    });
  });

  test('so is one whose row stands there several times', () => {
    const found = audit({ 'east/db': held([1, 'east', 'a'], [1, 'east', 'a'], [1, 'east', 'a'], [2, 'east', 'b']) });
    expect(found.duplicated).toEqual({ 'east/db': { east: [[1, 2]] } });
    expect(found.held).toEqual({ 'east/db': { east: [[1, 3]] } });
  });

  test('a key with two values is a conflict; a key that one side lacks is none', () => {
    const found = audit({
      'east/db': held([1, 'east', 'a'], [2, 'east', 'b'], [3, 'east', 'c']),
      'west/db': held([2, 'east', 'B'], [3, 'east', 'c'], [9, 'east', 'z']),
    });
    expect(found.conflicts).toBe(1);
  });

  test('what was given up at a promotion and is there is back from the dead', () => {
    const writtenOff = new Map([['west/db', { east: [[2, 4] as const] }]]);
    expect(audit({ 'west/db': held([1, 'east', 'a'], [2, 'east', 'b']) }, { writtenOff }).resurrected).toEqual({
      'west/db': { east: [[2, 3]] },
    });
  });

  test('a database that could not be read is named, not taken for empty', () => {
    const found = audit({ 'east/db': held() }, { unreadable: { 'west/db': 'connection refused' } });
    expect([found.held, found.unreadable]).toEqual([{ 'east/db': {} }, { 'west/db': 'connection refused' }]);
  });
});

describe('accepted orders, from the balancer’s log', () => {
  const line = (order: number, site: string, status: number, acceptedMs = 1_795_599_250_000, ending = '--') =>
    `ep1 ${acceptedMs} 30 ${site} ${status} ${ending} ${order} shoppers POST /orders`;

  test('are those that customers were told of, before the moment, and the database lacks', () => {
    const accepted = createAcceptedOrders();
    accepted.line(line(1, 'east', 201));
    accepted.line(line(2, 'east', 201, 1_795_599_250_500));
    accepted.line(line(3, 'east', 503));
    accepted.line(line(4, 'east', 201, 1_795_599_250_000, 'CD'));
    accepted.line(line(5, 'west', 201, 1_795_599_259_000));
    accepted.line('Proxy sites started.');
    expect(accepted.missing({ east: [[1, 2]] }, 1_795_599_255_000)).toEqual({
      orders: { east: [[2, 3]] },
      oldestMs: 1_795_599_250_530,
    });
  });
});
