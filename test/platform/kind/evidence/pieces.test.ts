import { expect, test } from 'vitest';
import { payloadOf } from '../../../../src/platform/kind/evidence/pieces.ts';

function frame(stream: number, text: string): Buffer {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

test('a log is taken out of its frames, both streams in order, also a long one and one that was cut off', () => {
  const frames = [frame(1, 'one\n'), frame(2, 'zwö\n'), frame(1, ''), frame(1, 'three\n')];
  expect(payloadOf(Buffer.concat(frames))).toBe('one\nzwö\nthree\n');
  expect(payloadOf(Buffer.concat(frames).subarray(0, -3))).toBe('one\nzwö\nthr');
  expect(payloadOf(Buffer.alloc(0))).toBe('');
  const many = Buffer.concat(Array.from({ length: 50_000 }, () => frame(1, 'x')));
  expect(payloadOf(many)).toHaveLength(50_000);
});
