/** Verdicts as JUnit XML, which every CI reads: one suite per run, one case per objective. */
import type { Builder, TestSuite } from 'junit-report-builder';
import type { Verdict } from '../domain/objective.ts';
import type { RunRecord } from '../domain/record.ts';
import { plainText } from './plain-text.ts';

/** JUnit XML of one or several runs. Missed is a failure; unknown is an error, because unknown never passes, unless faults were off on purpose: then it is skipped. Properties are the figures. */
export async function junitXml(records: readonly RunRecord[]): Promise<string> {
  const { default: reports } = await import('junit-report-builder');
  // The package's types name the CommonJS module inside a second default; at run time the builder is the default itself.
  const builder = (reports as unknown as Builder).newBuilder();
  for (const record of records) {
    const suite = builder.testSuite().name(plainText(record.scenario.name)).timestamp(new Date(record.times.startedAt));
    suite.time(record.times.wallMs / 1_000);
    for (const [name, value] of propertiesOf(record)) suite.property(name, value);
    for (const verdict of record.verdicts) caseOf(suite, record, verdict);
  }
  return builder.build();
}

function propertiesOf(record: RunRecord): readonly (readonly [name: string, value: string])[] {
  return [
    ['seed', record.seed],
    ['platform', plainText(record.platform.name)],
    ['topology', plainText(record.topology.name)],
    ['runId', plainText(record.runId)],
    ['repeat', plainText(record.repeat)],
    ['platformMs', String(record.times.platformMs)],
  ];
}

function caseOf(suite: TestSuite, record: RunRecord, verdict: Verdict): void {
  const test = suite.testCase().name(plainText(verdict.objective)).className(plainText(record.scenario.name));
  for (const [name, value] of Object.entries(verdict.figures)) test.property(plainText(name), String(value));
  const message = messageOf(verdict);
  if (verdict.standing === 'missed') test.failure(message, 'missed');
  if (verdict.standing === 'unknown' && record.options.faultsInjected) test.error(message, 'unknown');
  if (verdict.standing === 'unknown' && !record.options.faultsInjected) test.skipped();
}

function messageOf(verdict: Verdict): string {
  const because = verdict.because === '' ? '' : ` / because: ${verdict.because}`;
  return plainText(`expected: ${verdict.expected} / received: ${verdict.received}${because}`);
}
