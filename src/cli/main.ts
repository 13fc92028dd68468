/** The entry of the command line. Apart from the commands because help and version must answer before anything heavy is loaded. */
import { projectVersion } from '../base/host.ts';
import { helpText } from './help-text.ts';
import { asTyped } from './invocation.ts';
import { type Io, processIo } from './io.ts';

/** Runs one command line (without node and script) and gives its exit code. Never throws. */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const only = argv.length <= 1 ? argv[0] : undefined;
  if (argv.length === 0 || only === '--help' || only === '-h' || only === 'help') {
    io.out(asTyped(helpText, io.invocation));
    return 0;
  }
  if (only === '--version' || only === '-V') {
    io.out(`${projectVersion()}\n`);
    return 0;
  }
  const { runProgram } = await import('./program.ts');
  return runProgram(argv, io);
}
