/** The schema of a calibration file, and of its terms in a record. Apart from the type in `domain/` because zod is loaded only when one is read. */
import { z } from 'zod';
import { InputError } from '../base/errors.ts';
import type { Calibration } from '../domain/calibration.ts';

const spread = z
  .strictObject({ p50: z.number().positive(), p95: z.number().positive() })
  .refine(({ p50, p95 }) => p95 >= p50, 'the 95th percentile is below the median')
  .optional();

/** Terms of {@link Calibration}, ms. */
export const hostTermsSchema = z
  .strictObject({
    containerStart: spread.describe('container of a present image, order to running'),
    fsync: z
      .strictObject({ p50: z.number().positive(), p99: z.number().positive() })
      .refine(({ p50, p99 }) => p99 >= p50, 'the 99th percentile is below the median')
      .optional()
      .describe('4 KiB written and made durable'),
    podStart: spread.describe('pod of a present image, bound to running'),
  })
  .describe('times of the machine, ms');

const calibrationSchema = z.object({
  format: z.literal('elevenproof-calibration/1'),
  measuredAt: z.iso.datetime(),
  host: z.object({ os: z.string(), cpus: z.int().min(1), memoryMiB: z.int().min(0) }),
  hostTermsMs: hostTermsSchema,
});

/** The value as a calibration. Throws an InputError with every problem. `file` is named in them. */
export function checkCalibration(value: unknown, file: string): Calibration {
  const result = calibrationSchema.safeParse(value);
  if (result.success) return result.data as Calibration;
  throw new InputError(
    result.error.issues.map((issue) => ({
      file,
      message: `\`${issue.path.map(String).join('.')}\`: ${issue.message}`,
      hint: 'Measure anew: elevenproof doctor --calibrate --out calibration.json',
    })),
  );
}
