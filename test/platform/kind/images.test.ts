/** Images that the user put in the place of others. */
import { expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { parseImages } from '../../../src/platform/kind/images.ts';

test('an image keeps its name unless it was replaced', () => {
  const imageOf = parseImages('haproxy:3.0=my.registry:5000/haproxy:3.0, postgres:17=pg@sha256:abc=');
  expect(['haproxy:3.0', 'postgres:17', 'node:20'].map(imageOf)).toEqual([
    'my.registry:5000/haproxy:3.0',
    'pg@sha256:abc=',
    'node:20',
  ]);
});

test('nothing said is nothing replaced', () => expect(parseImages(undefined)('haproxy:3.0')).toBe('haproxy:3.0'));

test('what is no pair is refused', () => {
  for (const text of ['haproxy', '=x', 'haproxy:3.0=']) expect(() => parseImages(text)).toThrow(InputError);
});
