/** `elevenproof doctor`: whether this machine can do what a platform needs. */
import type { Command } from 'commander';
import { exitCodes } from '../base/errors.ts';
import { type Io, lookOf } from './io.ts';
import type { Context } from './program.ts';

/** Declares the command. */
export function declareDoctor(program: Command, context: Context): void {
  program
    .command('doctor')
    .summary('check this machine')
    .description('Checks Node, memory, and the programs that real platforms need. Exit 2 when unfit for the platform.')
    .option('--platform <name>', 'simulated or kind', 'simulated')
    .option('--json', 'print as JSON')
    .action(async (raw: { platform: string; json?: boolean }) => context.finish(await doctorCommand(raw, context.io)));
}

async function doctorCommand(raw: { readonly platform: string; readonly json?: boolean }, io: Io): Promise<number> {
  const { examine } = await import('./examine.ts');
  const findings = await examine(raw.platform);
  const fit = findings.every((finding) => finding.ok || !finding.needed);
  if (raw.json === true) io.out(`${JSON.stringify({ platform: raw.platform, fit, findings }, null, 2)}\n`);
  else await print(findings, raw.platform, fit, io);
  return fit ? exitCodes.met : exitCodes.badInput;
}

type Findings = Awaited<ReturnType<typeof import('./examine.ts')['examine']>>;

async function print(findings: Findings, platform: string, fit: boolean, io: Io): Promise<void> {
  const { tableLines } = await import('../report/console/table.ts');
  const { plainText } = await import('../report/plain-text.ts');
  const look = await lookOf(io);
  const rows = findings.map((finding) => ({
    cells: [
      `${finding.ok ? '✓' : finding.needed ? '✗' : '–'} ${finding.name}`,
      plainText(finding.found),
      plainText(finding.hint),
    ],
    paint: (text: string) => look.colours.tone(finding.ok ? 'good' : finding.needed ? 'bad' : 'plain', text),
  }));
  io.out(`${tableLines(rows, look.width).join('\n')}\n\n`);
  io.out(fit ? `Fit for platform ${platform}.\n` : `Not fit for platform ${platform}.\n`);
}
