/** The schema of the record, from which the published JSON Schema is made. Apart from the type in `domain/` because zod is loaded only when a stored record is read. */
import { z } from 'zod';
import { InputError } from '../base/errors.ts';
import type { RunRecord } from '../domain/record.ts';
import { hostTermsSchema } from './calibration-schema.ts';

const text = z.string();
const count = z.int().min(0);
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256 in hexadecimal digits');
const scenarioHash = z
  .string()
  .regex(/^([0-9a-f]{64})?$/)
  .describe('SHA-256 of its file; empty when it did not come from one');
const standing = z.enum(['met', 'missed', 'unknown']).describe('missed > unknown > met');

const span = z.object({ fromMs: z.int(), toMs: z.int() });

const verdict = z
  .object({
    objective: text.describe('unique in the run, such as `recovery of api.write`'),
    family: text,
    expected: text,
    received: text,
    because: text,
    standing,
    window: span.describe('platform time that was judged').optional(),
    figures: z
      .record(text, z.number())
      .describe('by name, the unit at its end; smaller is better unless it is a ratio of success or a rate'),
    evidence: z.array(count).describe('numbers of events in timeline.jsonl'),
    gapsMatter: span.describe('where a gap of an observer would cast doubt; absent: in all of the window').optional(),
    definite: z.literal(true).describe('nothing that was not observed could turn this missed').optional(),
    warm: z
      .literal(true)
      .describe('what was hit had been restarted shortly before; never compared with a first fall')
      .optional(),
  })
  .describe('one objective and what became of it');

const topology = z.object({
  name: text,
  path: text,
  sha256: sha256.describe('over the files and the changes by --set'),
  files: z.array(z.object({ path: text, sha256 })),
  sets: z.array(text),
  assumed: z.array(text).describe('what the files left open, in words'),
  notModelled: z.array(
    z.object({ field: text, file: text, line: z.int().min(1).optional(), couldChange: z.array(text) }),
  ),
  kubernetes: z.record(text, text).describe('version by site'),
});

/** The record of a run. */
export const recordSchema = z
  .object({
    format: z.literal('elevenproof-record/1'),
    runId: text,
    scenario: z.object({ name: text, title: text, proves: text, sha256: scenarioHash, path: text.optional() }),
    platform: z.object({ name: text, versions: z.record(text, text) }),
    seed: z.string().regex(/^[0-9a-fA-F]{1,16}$/),
    scale: z.number().positive(),
    topology,
    options: z.object({
      faultsInjected: z.boolean(),
      duds: z.array(text),
      peakRps: z.number().positive().optional(),
      twin: text.optional(),
    }),
    calibration: z
      .object({ sha256, hostTermsMs: hostTermsSchema })
      .describe('host terms that the run was given; absent: none')
      .optional(),
    times: z.object({
      startedAt: z.iso.datetime().describe('wall clock'),
      wallMs: z.number().min(0),
      platformMs: count.describe('platform time at the end'),
    }),
    host: z.object({ node: text, os: text, cpus: z.int().min(1), memoryMiB: count }),
    version: text.describe('of elevenproof'),
    how: z.enum(['complete', 'aborted', 'failed', 'torn']),
    because: text.optional(),
    standing,
    verdicts: z.array(verdict),
    unreverted: z.array(z.object({ fault: text, missing: z.array(text) })),
    story: z.object({
      visited: z.array(text),
      neverVisited: z.array(text),
      transitionsTaken: z.array(text).optional(),
      transitionsNeverTaken: z.array(text),
    }),
    errorBudgets: z
      .record(text, z.object({ successRatioMin: z.number(), burnRate: z.number(), shareOfBudgetRatio: z.number() }))
      .describe('by business service: what of a 30-day error budget the run used'),
    timeline: z.object({ events: count, sha256: sha256.optional() }),
    exitCode: z.int().min(0).max(255),
    repeat: text.describe('command that repeats the run'),
  })
  .meta({ title: 'Record of an elevenproof run', description: 'What one run was and what came of it.' });

/** The published JSON Schema (draft 2020-12) as text. */
export function recordJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(recordSchema, { io: 'input' }), null, 2)}\n`;
}

/** The value as a record. Throws an InputError with every problem. `file` is named in them. */
export function checkRecord(value: unknown, file: string): RunRecord {
  const result = recordSchema.safeParse(value);
  if (result.success) return result.data as RunRecord;
  throw new InputError(
    result.error.issues.map((issue) => ({
      file,
      message: `\`${issue.path.map(String).join('.')}\`: ${issue.message}`,
    })),
  );
}
