import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScenario } from '../../src/compose/catalogue.ts';
import { runScenario } from '../../src/compose/run-scenario.ts';
import type { HostTerms } from '../../src/domain/calibration.ts';
import { recordJson } from '../../src/report/record.ts';
import { checkRecord } from '../../src/report/record-schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'calibration-'));
const { scenario } = await loadScenario('pod-kill');

function fileOf(name: string, hostTermsMs: object): string {
  const file = join(folder, name);
  const host = { os: 'linux', cpus: 2, memoryMiB: 8_192 };
  writeFileSync(
    file,
    JSON.stringify({ format: 'elevenproof-calibration/1', measuredAt: '2026-11-11T00:00:00.000Z', host, hostTermsMs }),
  );
  return file;
}

const replacedMs = async (calibration?: string) => {
  const { record } = await runScenario({ scenario, seed: '1', ...(calibration !== undefined && { calibration }) });
  const verdict = record.verdicts.find((each) => each.objective.startsWith('orders replaced'));
  return { record, ms: verdict?.figures.replacedMs ?? Number.NaN };
};

test('a host whose containers start later brings a killed pod back later, and the record names it', async () => {
  const slow: HostTerms = { containerStart: { p50: 4_000, p95: 5_000 }, fsync: { p50: 2, p99: 9 } };
  const [idle, calibrated] = [await replacedMs(), await replacedMs(fileOf('slow.json', slow))];
  expect(calibrated.ms - idle.ms).toBeGreaterThan(1_500);
  expect(calibrated.record.calibration).toMatchObject({ hostTermsMs: slow });
  expect(checkRecord(JSON.parse(recordJson(calibrated.record)), 'x')).toEqual(calibrated.record);
  expect(idle.record.calibration).toBeUndefined();
});

test('a calibration of the idle host changes nothing', async () => {
  const idle = fileOf('idle.json', { containerStart: { p50: 800, p95: 1_800 }, podStart: { p50: 1_500, p95: 3_000 } });
  expect((await replacedMs(idle)).record.verdicts).toEqual((await replacedMs()).record.verdicts);
});

test('what is no calibration is bad input, every problem at once', async () => {
  const wrong = fileOf('wrong.json', { containerStart: { p50: 5, p95: 1 }, fsync: { p50: -1, p99: 1 }, podStrat: {} });
  await expect(replacedMs(wrong)).rejects.toThrow(/containerStart[\s\S]*fsync\.p50[\s\S]*podStrat/);
  await expect(replacedMs(join(folder, 'missing.json'))).rejects.toThrow(/Expected a calibration, but there is none/);
});
