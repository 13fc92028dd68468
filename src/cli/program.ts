/** All commands together. Each declares itself; what it does is loaded when it runs. */
import { Command, CommanderError } from 'commander';
import { exitCodes } from '../base/errors.ts';
import { projectVersion } from '../base/host.ts';
import { plainLines } from '../report/plain-text.ts';
import { declareAbort } from './abort.ts';
import { declareAgree } from './agree.ts';
import { declareDiff } from './diff.ts';
import { declareDoctor } from './doctor.ts';
import { declareDown } from './down.ts';
import { reportFailure } from './failure.ts';
import { declareHeal } from './heal.ts';
import { declareInit } from './init.ts';
import { asTyped } from './invocation.ts';
import type { Io } from './io.ts';
import { declareJudge } from './judge.ts';
import { declareList } from './list.ts';
import { declarePlan } from './plan.ts';
import { declareRun } from './run.ts';
import { declareShow } from './show.ts';
import { declareSweep } from './sweep.ts';
import { declareUp } from './up.ts';

/** How a command is declared: its words on the program, its deed by `does`. */
export interface Context {
  readonly io: Io;
  /** Notes the exit code of the command that ran. */
  readonly finish: (code: number) => void;
}

/** The program with every command; nothing is run. */
export function createProgram(context: Context): Command {
  const program = new Command('elevenproof')
    .description('Breaks a platform of two datacentres on purpose and judges how it comes back.')
    .version(projectVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help, or that of a command')
    .configureHelp({ helpWidth: 100 })
    .configureOutput({ writeOut: context.io.out, writeErr: (text) => context.io.err(plainLines(text)) })
    .showHelpAfterError(false)
    .exitOverride();
  const declarations = [declareRun, declareSweep, declareList, declareShow, declarePlan, declareJudge];
  for (const declare of [
    ...declarations,
    declareDiff,
    declareAgree,
    declareUp,
    declareDown,
    declareHeal,
    declareAbort,
    declareDoctor,
    declareInit,
  ])
    declare(program, context);
  program.helpCommand('help [command]', 'show the help of a command');
  program.addHelpText('after', asTyped(afterHelp, context.io.invocation));
  return program;
}

/** What stands below the commands in the help. */
export const afterHelp = `
Exit codes: 0 all met, 1 missed or worse than asked, 2 bad input, 3 inconclusive, 4 aborted, 5 left unreverted,
70 internal error. A first run: elevenproof run etcd-leader-loss`;

/** Parses and runs one command line; gives its exit code. Never throws. */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  let code: number = exitCodes.met;
  try {
    const program = createProgram({
      io,
      finish: (given) => {
        code = given;
      },
    });
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.met : exitCodes.badInput;
    return reportFailure(error, io);
  }
}
