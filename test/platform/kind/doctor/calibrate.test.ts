import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { termLines } from '../../../../src/cli/doctor-calibrate.ts';
import { startableOf } from '../../../../src/platform/kind/doctor/calibrate/container-start.ts';
import { measureFsync, writableOf } from '../../../../src/platform/kind/doctor/calibrate/fsync.ts';
import { quantileOf, spreadOf } from '../../../../src/platform/kind/doctor/calibrate/spread.ts';
import { checkCalibration } from '../../../../src/report/calibration-schema.ts';

test('percentiles are values that occurred, and never 0', () => {
  const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(spreadOf(samples)).toEqual({ p50: 50, p95: 95 });
  expect(quantileOf([2.34567], 0.99)).toBe(2.35);
  expect(quantileOf([0.001], 0.5)).toBe(0.01);
});

test('the smallest image that is known to have something to start is taken', () => {
  expect(startableOf(['kindest/node:v1.34.0', 'haproxy:3.0', 'ghcr.io/shopify/toxiproxy:2.12.0'])).toBe('haproxy:3.0');
  expect(startableOf(['ghcr.io/shopify/toxiproxy:2.12.0'])).toBeUndefined();
});

test('fsync is measured where it may write, and leaves nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fsync-'));
  expect(writableOf([join(folder, 'missing'), folder])).toBe(folder);
  const fsync = await measureFsync(folder, new AbortController().signal);
  expect(fsync.p99).toBeGreaterThanOrEqual(fsync.p50);
  expect(readdirSync(folder)).toEqual([]);
  const hostTermsMs = { fsync };
  const host = { os: 'linux', cpus: 1, memoryMiB: 1 };
  const file = { format: 'elevenproof-calibration/1', measuredAt: new Date().toISOString(), host, hostTermsMs };
  expect(checkCalibration(file, 'x')).toEqual(file);
});

test('what was not measured is said', () => {
  const lines = termLines({ containerStart: { p50: 512, p95: 903 } });
  expect(lines[0]).toBe('container start   p50 512 ms   p95 903 ms');
  expect(lines[2]).toBe('pod start         not measured: the simulator keeps its own');
});
