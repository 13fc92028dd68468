/** The report files of a run folder beside its record. Apart because what breaks here is told and never costs the run. */
import { join } from 'node:path';
import type { RunRecord } from '../domain/record.ts';
import { writeWhole } from './record.ts';

/** Writes `junit.xml` into the folder of a run. Never throws: what broke is told. */
export async function writeReports(folder: string, record: RunRecord, tell: (problem: string) => void): Promise<void> {
  try {
    const { junitXml } = await import('./junit.ts');
    writeWhole(join(folder, 'junit.xml'), await junitXml([record]));
  } catch (error) {
    tell(`junit.xml was not written: ${(error as Error).message}`);
  }
}
