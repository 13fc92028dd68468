import { expect, test } from 'vitest';
import { placeOfWord } from '../../src/compose/word-place.ts';

const text = `name: 'shop-loss',
faults: {
  kill: x,
},
objectives: [recovery({ after: 'kil' })],
calm: { when: when('load.startd', 'b') },
b: { entry: inject('kil'), when: when('a', { since: "kil" }, 'lost'), after: { 1: 'calm' } },
c: { entry: heal('kill'), when: when('b'), after: { 2: 'lost' } },
`;
const place = (message: string) => placeOfWord(text, `Scenario \`shop-loss\`: ${message}`);

test('a word that stands once is the place', () => {
  expect(place('There is no fact `load.startd`')).toEqual({ line: 6, column: 20, others: 0 });
  expect(place("State `b`: `since: 'kil'` names no fault")).toEqual({ line: 7, column: 46, others: 0 });
});

test('a word that stands several times is meant behind the state that the message names', () => {
  expect(place('State `b` leads to `lost`, which does not exist')).toMatchObject({ line: 7, column: 62 });
  expect(place('State `c` leads to `lost`, which does not exist')).toMatchObject({ line: 8, others: 0 });
  expect(place('State `c`: expected `after` to be milliseconds')).toMatchObject({ line: 8, column: 44 });
});

test('a definition stands where it is a key, however often it is used', () => {
  expect(place('The story never injects or performs `kill`')).toEqual({ line: 3, column: 3, others: 0 });
  expect(place('State `b` is never reached')).toMatchObject({ line: 7, column: 1 });
});

test('else the first of several is the place, and how many more there are is known', () => {
  const message = 'Objective `recovery of orders` names the fault `kil`, which is not defined';
  expect(place(message)).toEqual({ line: 5, column: 32, others: 2 });
});

test('without any word of its own a problem stands at the name, or nowhere', () => {
  expect(place('The story has no ending')).toMatchObject({ line: 1, column: 7 });
  expect(placeOfWord(text, 'No word `at all`')).toBeUndefined();
});
