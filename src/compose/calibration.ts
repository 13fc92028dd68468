/** Reads a calibration from its file. Apart from the run because `plan` and `sweep` refuse a wrong one, too. */
import { createHash } from 'node:crypto';
import { InputError } from '../base/errors.ts';
import { readPlainFile, whyUnread } from '../base/plain-file.ts';
import type { UsedCalibration } from '../domain/calibration.ts';

const hint = 'Measure one: elevenproof doctor --calibrate --out calibration.json';

/** The calibration of a file, with its hash. Throws an InputError with every problem. */
export async function readCalibration(file: string): Promise<UsedCalibration> {
  const bytes = read(file);
  const { checkCalibration } = await import('../report/calibration-schema.ts');
  const { hostTermsMs } = checkCalibration(parse(bytes.toString(), file), file);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), hostTermsMs };
}

function read(file: string): Buffer {
  try {
    return readPlainFile(file, 1);
  } catch (error) {
    throw new InputError({ file, message: `Expected a calibration, but ${whyUnread(error)}`, hint });
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError({ file, message: `Expected JSON, got ${(error as Error).message}`, hint });
  }
}
