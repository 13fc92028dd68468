/** `elevenproof doctor`: whether this machine can do what a platform needs, and how fast it is. */
import type { Command } from 'commander';
import { exitCodes } from '../base/errors.ts';
import type { Finding } from './examine.ts';
import { type Io, lookOf } from './io.ts';
import type { Context } from './program.ts';

/** As commander gives them. */
export interface RawDoctorOptions {
  readonly platform: string;
  readonly topology: string;
  readonly nodeImage?: string;
  readonly calibrate?: boolean;
  readonly out?: string;
  readonly reuse?: string;
  readonly json?: boolean;
}

/** Declares the command. */
export function declareDoctor(program: Command, context: Context): void {
  program
    .command('doctor')
    .summary('check this machine')
    .description(
      'Checks what the simulator and what real clusters need of this machine, and says what to do. Exit 2 when unfit for the platform.',
    )
    .option('--platform <name>', 'whose needs decide: simulated or kind', 'simulated')
    .option('--topology <name|folder>', 'what is to run on real clusters', 'dual-site')
    .option('--node-image <image>', 'node image of every cluster (default: $ELEVENPROOF_NODE_IMAGE)')
    .option('--calibrate', 'measure times of this host instead, for run --calibration')
    .option('--out <file>', 'with --calibrate: where they are written', 'calibration.json')
    .option('--reuse <pair>', 'with --calibrate: also the start of pods, on a pair that is kept')
    .option('--json', 'print as JSON')
    .action(async (raw: RawDoctorOptions) => {
      if (raw.calibrate !== true) return context.finish(await doctorCommand(raw, context.io));
      const { calibrateCommand } = await import('./doctor-calibrate.ts');
      context.finish(await calibrateCommand(raw, context.io));
    });
}

async function doctorCommand(raw: RawDoctorOptions, io: Io): Promise<number> {
  const { examine } = await import('./examine.ts');
  const { watchInterrupts } = await import('./interrupt.ts');
  const interrupts = watchInterrupts(io);
  const nodeImage = raw.nodeImage ?? process.env.ELEVENPROOF_NODE_IMAGE;
  const { platform, topology } = raw;
  const findings = await examine({ platform, topology, nodeImage, signal: interrupts.signal }).finally(interrupts.stop);
  const fit = findings.every((finding) => finding.state !== 'bad' || !decides(finding, platform));
  if (raw.json === true) io.out(`${JSON.stringify({ platform, fit, findings }, null, 2)}\n`);
  else await print(findings, platform, fit, io);
  return fit ? exitCodes.met : exitCodes.badInput;
}

/** A real run needs what the simulator needs, too: it runs on the same Node. */
function decides(finding: Finding, platform: string): boolean {
  return finding.platform === 'simulated' || platform === finding.platform;
}

const marks = { ok: '✓', warn: '!', bad: '✗' } as const;
const tones = { ok: 'good', warn: 'warn', bad: 'bad' } as const;

async function print(findings: readonly Finding[], platform: string, fit: boolean, io: Io): Promise<void> {
  const { tableLines } = await import('../report/console/table.ts');
  const { plainText } = await import('../report/plain-text.ts');
  const look = await lookOf(io);
  const rows = findings.map((finding) => {
    const harmless = finding.state === 'bad' && !decides(finding, platform);
    const text = [finding.found, ...(finding.hint === '' ? [] : [`→ ${finding.hint}`])].join('  ');
    return {
      cells: [`${harmless ? '–' : marks[finding.state]} ${finding.name}`, plainText(text)],
      paint: (cell: string) => look.colours.tone(harmless ? 'plain' : tones[finding.state], cell),
    };
  });
  io.out(`${tableLines(rows, look.width).join('\n')}\n\n`);
  io.out(fit ? `Fit for platform ${platform}.\n` : `Not fit for platform ${platform}.\n`);
  if (platform === 'simulated') io.out('What real clusters need decides with --platform kind.\n');
}
