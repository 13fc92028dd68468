/** `elevenproof doctor --calibrate`: times of this host, as a file for `run --calibration`. Apart from the checks because it measures instead of judging. */
import { join } from 'node:path';
import { exitCodes, InputError } from '../base/errors.ts';
import { formatLatency } from '../base/format.ts';
import type { HostTerms } from '../domain/calibration.ts';
import type { RawDoctorOptions } from './doctor.ts';
import type { Io } from './io.ts';

const file = 'calibration.json';

/** Measures, writes the file, and prints what was found. */
export async function calibrateCommand(raw: RawDoctorOptions, io: Io): Promise<number> {
  const out = raw.out ?? file;
  const { checkResultPath, writeResult } = await import('./write-result.ts');
  const problems = checkResultPath('--out', out);
  if (problems.length > 0) throw new InputError(problems);
  const kubeconfig = raw.reuse === undefined ? undefined : await kubeconfigOf(raw.reuse);
  const { calibrate } = await import('../platform/kind/doctor/calibrate/calibrate.ts');
  const { watchInterrupts } = await import('./interrupt.ts');
  const interrupts = watchInterrupts(io);
  const onStep = (says: string) => io.err(`Measuring ${says}\n`);
  const found = await calibrate({ kubeconfig, signal: interrupts.signal, onStep }).finally(interrupts.stop);
  await writeResult(out, `${JSON.stringify(found, null, 2)}\n`);
  if (raw.json === true) io.out(`${JSON.stringify(found, null, 2)}\n`);
  else
    io.out(
      `${termLines(found.hostTermsMs).join('\n')}\n\nWritten to ${out}. Use it: elevenproof run <scenario> --calibration ${out}\n`,
    );
  return exitCodes.met;
}

/** The first site stands for both: they share the machine. */
async function kubeconfigOf(name: string): Promise<string> {
  const { openPair } = await import('../compose/pair-files.ts');
  const { ground } = openPair(name);
  return join(ground.folder, ground.sites[0]!.kubeconfig);
}

/** What was measured, and what was not. */
export function termLines({ containerStart, fsync, podStart }: HostTerms): readonly string[] {
  const spread = (says: string, p50: number | undefined, high: number | undefined, quantile: string) =>
    p50 === undefined || high === undefined
      ? `${says}   not measured: the simulator keeps its own`
      : `${says}   p50 ${formatLatency(p50)}   ${quantile} ${formatLatency(high)}`;
  return [
    spread('container start', containerStart?.p50, containerStart?.p95, 'p95'),
    spread('fsync of 4 KiB ', fsync?.p50, fsync?.p99, 'p99'),
    spread('pod start      ', podStart?.p50, podStart?.p95, 'p95'),
  ];
}
