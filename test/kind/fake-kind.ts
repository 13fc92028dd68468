/** A stand-in for the kind program: a script that answers as told and notes how it was called. Apart because every test of the wrapper needs it; kind is somebody else's program. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program, and what it was called with. */
export interface FakeKind {
  readonly binary: string;
  /** Words of the calls, in order. */
  calls(): readonly string[];
  /** What came on its standard input at the last call. */
  input(): string;
}

/** A program that runs these lines of shell after noting its words. */
export function fakeKind(...script: readonly string[]): FakeKind {
  const folder = mkdtempSync(join(tmpdir(), 'fake-kind-'));
  const binary = join(folder, 'kind');
  const head = ['#!/bin/sh', `cd '${folder}'`, 'echo "$*" >> calls', 'cat > input'];
  writeFileSync(binary, [...head, ...script, ''].join('\n'), { mode: 0o755 });
  return {
    binary,
    calls: () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n'),
    input: () => readFileSync(join(folder, 'input'), 'utf8'),
  };
}
