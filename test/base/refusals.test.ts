import { expect, test } from 'vitest';
import { gatherRefusals, refuse } from '../../src/base/refusals.ts';

const wrong = [{ message: 'wrong' }];

test('a refusal throws where nobody gathers, before and after somebody did', async () => {
  expect(() => refuse(wrong)).toThrow('wrong');
  await gatherRefusals(async () => refuse(wrong));
  expect(() => refuse(wrong)).toThrow('wrong');
  expect(refuse([])).toBe(false);
});

test('what is gathered does not stop the reading, and what it threw comes beside it', async () => {
  const error = new Error('later');
  const gathered = await gatherRefusals(async () => {
    expect(refuse(wrong)).toBe(true);
    refuse([{ message: 'too' }]);
    throw error;
  });
  expect(gathered.refusals.map(({ message }) => message)).toEqual(['wrong', 'too']);
  expect(gathered.result).toEqual({ thrown: error });
});

test('two readings at once keep their refusals apart', async () => {
  const read = (message: string) =>
    gatherRefusals(async () => {
      await Promise.resolve();
      refuse([{ message }]);
      return message;
    });
  const both = await Promise.all([read('a'), read('b')]);
  expect(both.map(({ refusals, result }) => [refusals[0]!.message, result])).toEqual([
    ['a', { value: 'a' }],
    ['b', { value: 'b' }],
  ]);
});
