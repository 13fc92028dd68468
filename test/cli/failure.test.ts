import { expect, test } from 'vitest';
import { InputError, OperatingError } from '../../src/base/errors.ts';
import { reportFailure } from '../../src/cli/failure.ts';

function told(error: unknown): { readonly code: number; readonly text: string } {
  let text = '';
  const code = reportFailure(error, {
    invocation: 'elevenproof',
    err: (part) => {
      text += part;
    },
  });
  return { code, text };
}

test('bad input shows every problem with its place and hint, and no stack', () => {
  const error = new InputError([
    { message: 'Expected a', file: 'x.yaml', line: 3, column: 5 },
    { message: 'Expected b', hint: 'Did you mean c?' },
  ]);
  expect(told(error)).toEqual({ code: 2, text: 'x.yaml:3:5  Expected a\nExpected b\n    Did you mean c?\n' });
});

test('an operating error shows its cause and hint, and its own exit code', () => {
  const error = new OperatingError('failed to attach', { cause: new Error('gone'), hint: 'Run up', exitCode: 5 });
  expect(told(error)).toEqual({ code: 5, text: 'failed to attach: gone\n    Run up\n' });
  expect(told(new OperatingError('lost')).code).toBe(3);
});

test('anything else is a defect of ours: 70, with its stack', () => {
  const { code, text } = told(new TypeError('x is not a function'));
  expect(code).toBe(70);
  expect(text).toMatch(/^internal error: TypeError: x is not a function\n\s+at /);
  expect(told('text').code).toBe(70);
});

test('names in errors cannot paint', () => {
  expect(told(new InputError({ message: 'got \u001b[2Jx' })).text).toBe('got x\n');
});
