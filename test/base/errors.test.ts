import { describe, expect, it } from 'vitest';
import { didYouMean, formatProblem, InputError, knownWords, worstExitCode } from '../../src/base/errors.ts';

describe('errors', () => {
  it('rank exit codes 5 > 70 > 2 > 4 > 1 > 3 > 0', () => {
    const ranked = [0, 3, 1, 4, 2, 70, 5];
    for (let i = 1; i <= ranked.length; i++) expect(worstExitCode(ranked.slice(0, i))).toBe(ranked[i - 1]);
    expect(worstExitCode([])).toBe(0);
  });

  it('say where, what and what to do, all problems at once', () => {
    const error = new InputError([
      { message: 'a', file: 'f.yaml', line: 3, column: 5, hint: 'do this' },
      { message: 'b' },
    ]);
    expect(error.message).toBe('f.yaml:3:5  a\n    do this\nb');
    expect(formatProblem({ message: 'x' })).toBe('x');
  });

  it('suggest the nearest word, and none that is far', () => {
    expect(didYouMean('est', ['east', 'west'])).toBe('Did you mean "east"?');
    expect(didYouMean('qqqqqq', ['east', 'west'])).toBeUndefined();
    expect(knownWords('Sites', 'est', ['east', 'west'])).toBe('Sites: east, west. Did you mean "east"?');
  });
});
