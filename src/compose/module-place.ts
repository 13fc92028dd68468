/** Where in a module an error arose. Apart because Node tells it in three ways: a frame of the stack, a syntax check of its own, or not at all. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Place } from '../base/errors.ts';

const checkMsMax = 5_000;

/** Place of the topmost frame that lies in the module, or of its syntax error; no line when neither is known. */
export function placeInModule(url: string, error: unknown): Place {
  const file = fileURLToPath(url);
  if (error instanceof SyntaxError) return { file, ...syntaxPlace(file) };
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = stack.indexOf(`${url}:`);
  const [, line, column] = (at < 0 ? null : /^:(\d+):(\d+)/.exec(stack.slice(at + url.length))) ?? [];
  return line === undefined ? { file } : { file, line: Number(line), column: Number(column) };
}

/** An import that fails to parse does not say where; Node's own check does, as `file:line`, the line, and a caret below it. The error may lie in a file that is imported: then there is none. */
function syntaxPlace(file: string): Place {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: checkMsMax });
  const [, line, caret] = /:(\d+)\n[^\n]*\n( *)\^/.exec(stderr ?? '') ?? [];
  return line === undefined ? {} : { line: Number(line), column: (caret ?? '').length + 1 };
}
