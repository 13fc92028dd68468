import { describe, expect, test } from 'vitest';
import { createWitness, disagreements } from '../../../src/load/k6/witness.ts';

const line = (order: number | string, site: string, status: number) =>
  `ep1 1795598512226 21 ${site} ${status} -- ${order} shoppers POST /orders`;

describe('the witness', () => {
  test('counts what the load balancer answered at each site, and knows where an order went', () => {
    const witness = createWitness((order) => order < 100);
    witness.take(line(1, 'east', 201));
    witness.take(line(2, 'west', 503));
    witness.take(line(3, '<NOSRV>', 503));
    expect(witness.counts()).toEqual({
      east: { ok: 1, other: 0 },
      west: { ok: 0, other: 1 },
      '-': { ok: 0, other: 1 },
    });
    expect(witness.siteOf(2)).toBe('west');
    expect(witness.siteOf(3)).toBeUndefined();
  });

  test('passes over what is not of this load', () => {
    const witness = createWitness((order) => order < 100);
    for (const other of [line(500, 'east', 201), line('-', 'east', 200), 'Proxy started.']) witness.take(other);
    expect(witness.counts()).toEqual({});
  });
});

describe('client and load balancer', () => {
  const sites = { east: { ok: 100, other: 2 }, west: { ok: 90, other: 0 } };

  test('agree when every answer was seen where it was given', () => {
    expect(disagreements({ sites, open: 0, unseen: 0 }, sites)).toEqual([]);
  });

  test('may differ by what the client does not know, and by what never reached the load balancer', () => {
    const seen = { east: { ok: 103, other: 2 }, west: { ok: 90, other: 0 } };
    expect(disagreements({ sites, open: 3, unseen: 0 }, seen)).toEqual([]);
    const client = { sites: { ...sites, '-': { ok: 0, other: 7 } }, open: 0, unseen: 7 };
    expect(disagreements(client, sites)).toEqual([]);
  });

  test('disagree when the client was told of more, or of less, or elsewhere', () => {
    const none = { sites, open: 0, unseen: 0 };
    expect(disagreements(none, { east: { ok: 99, other: 2 }, west: { ok: 90, other: 0 } })).toEqual([
      "east served 100 by the client's log, 99 by the load balancer's",
      "192 requests were answered by the client's log, 191 seen by the load balancer's",
    ]);
    expect(disagreements(none, { east: { ok: 101, other: 2 }, west: { ok: 89, other: 0 } })).toHaveLength(2);
  });

  test('disagree when the log is empty, unless nobody asked', () => {
    expect(disagreements({ sites, open: 0, unseen: 0 }, {})).toEqual(['the load balancer logged nothing']);
    expect(disagreements({ sites: {}, open: 0, unseen: 0 }, {})).toEqual([]);
  });
});
