import { expect, test } from 'vitest';
import { plainLines, plainText } from '../../src/report/plain-text.ts';

test('terminal escapes are gone with what they carry', () => {
  expect(plainText('a\u001b[31mred\u001b[0m b')).toBe('ared b');
  expect(plainText('a\u001b]0;title\u0007b')).toBe('ab');
  expect(plainText('a\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\b')).toBe('alinkb');
  expect(plainText('a\u009b2Jb')).toBe('ab');
  expect(plainText('a\u001bcb')).toBe('ab');
});

test('an escape that is cut off takes nothing visible with it but its own start', () => {
  expect(plainText('\u001b[')).not.toContain('\u001b');
  expect(plainText('end\u001b')).toBe('end');
});

test('line breaks and tabs become one space, so that a name stays on its line', () => {
  expect(plainText('a\r\n\tb\u2028c')).toBe('a b c');
});

test('control characters, overrides of direction and invisible characters are gone', () => {
  expect(plainText('a\u0000\u0008\u007f\u202eb\u200b\u2066c\ufeff')).toBe('abc');
});

test('half a surrogate pair becomes a replacement character, a whole one stays', () => {
  expect(plainText('a\ud800b 😀')).toBe('a\ufffdb 😀');
});

test('text in any script and markup stays as it is', () => {
  expect(plainText('双十一 <script> é ↔')).toBe('双十一 <script> é ↔');
});

test('text of several lines keeps its lines and indents and nothing else that is invisible', () => {
  expect(plainLines('a\u001b[1m\n    at b\tc\n\td')).toBe('a\n    at b c\n d');
});
