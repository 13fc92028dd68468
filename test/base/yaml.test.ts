import { expect, test } from 'vitest';
import { createProblemList } from '../../src/base/errors.ts';
import { type Located, locate, parseYaml, toPlain } from '../../src/base/yaml.ts';

const parse = (text: string) => {
  const problems = createProblemList();
  const documents = parseYaml(text, 'a.yaml', problems);
  return { documents, problems: problems.problems };
};
const at = (node: Located | undefined, key: string): Located | undefined =>
  node?.kind === 'map' ? node.entries.get(key) : undefined;

test('every value and every key knows its line and column', () => {
  const { documents } = parse('a:\n  b: 5\n---\nc: [1, x]\n');
  expect(at(at(documents[0], 'a'), 'b')).toMatchObject({ value: 5, place: { file: 'a.yaml', line: 2, column: 6 } });
  expect(documents[1]?.kind === 'map' ? documents[1].keys.get('c') : undefined).toEqual({
    file: 'a.yaml',
    line: 4,
    column: 1,
  });
});

test('documents come back as plain values; empty ones are left out', () => {
  const { documents, problems } = parse('---\na: {b: [true, null, "1", 1.5]}\n---\n# nothing\n---\n- 1\n');
  expect(problems).toEqual([]);
  expect(documents.map(toPlain)).toEqual([{ a: { b: [true, null, '1', 1.5] } }, [1]]);
});

test('anchors, aliases and merge keys are unfolded', () => {
  const { documents } = parse('base: &b { x: 1, y: 2 }\nother: { <<: *b, y: 3 }\nmore: *b\n');
  expect(documents.map(toPlain)).toEqual([{ base: { x: 1, y: 2 }, other: { x: 1, y: 3 }, more: { x: 1, y: 2 } }]);
});

test('each syntax error is a problem with its place', () => {
  const { documents, problems } = parse('a: 1\na: 2\n---\nb: [\n');
  expect(documents).toEqual([]);
  expect(problems.map((problem) => problem.line)).toEqual([2, 5]);
});

test('a tree made from plain values gives them back', () => {
  const value = { a: [1, 'x', null, { b: true }], c: {} };
  expect(toPlain(locate(value, {}))).toEqual(value);
});
