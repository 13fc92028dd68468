/** `elevenproof down`: removes clusters that are kept, or parks them. */
import type { Command } from 'commander';
import { InputError } from '../base/errors.ts';
import type { Pair } from '../compose/pair-files.ts';
import { interruptible } from './interruptible.ts';
import { asTyped } from './invocation.ts';
import type { Io } from './io.ts';
import type { Context } from './program.ts';

interface RawOptions {
  readonly all?: boolean;
  readonly park?: boolean;
  readonly json?: boolean;
}

/** Declares the command. */
export function declareDown(program: Command, context: Context): void {
  program
    .command('down [name]')
    .summary('remove or park clusters that are kept')
    .description(
      'Removes a pair of clusters that `up` or a run keeps: containers, network, volumes, folder. The only one, when none is named. Also takes the id of one that is kept nowhere, as doctor prints it.',
    )
    .option('--all', 'every pair that is kept here')
    .option('--park', 'stop the nodes and keep everything: up starts them again')
    .option('--json', 'print as JSON')
    .action(async (name: string | undefined, raw: RawOptions) =>
      context.finish(await downCommand(name, raw, context.io)),
    );
}

async function downCommand(name: string | undefined, raw: RawOptions, io: Io): Promise<number> {
  const park = raw.park === true;
  const tell = (names: readonly string[]) => {
    if (raw.json === true) io.out(`${JSON.stringify({ [park ? 'parked' : 'removed']: names }, null, 2)}\n`);
    else io.out(asTyped(downText(names, park), io.invocation));
  };
  const parting = 'Leaving. What is not removed yet: elevenproof down --all';
  return interruptible(io, parting, async (signal) => {
    const { parkKeptPair, removeKeptPair, removeStrayPair } = await import('../compose/pairs.ts');
    if (name !== undefined && !park && (await isStray(name)) && (await removeStrayPair(name, signal)))
      return tell([name]);
    const pairs = await choose(name, raw.all === true);
    for (const pair of pairs) await (park ? parkKeptPair(pair, signal) : removeKeptPair(pair, signal));
    tell(pairs.map((pair) => pair.name));
  });
}

/** What was done, and for parked ones the way back. */
export function downText(names: readonly string[], park: boolean): string {
  if (names.length === 0) return 'No clusters are kept here.\n';
  if (!park) return `Removed: ${names.join(', ')}.\n`;
  const wake = names.map(wayBack).join('');
  return `Parked: ${names.join(', ')}. Nothing of them runs.\n\n${wake}`;
}

/** A pair that a run kept has no name but its id, and `up` knows names. */
function wayBack(name: string): string {
  return /^ep-[0-9a-f]{6}$/.test(name)
    ? 'Woken by the next run that is given its folder with --reuse.\n'
    : `Wake    elevenproof up --name ${name}\n`;
}

/** Whether it is the id of a pair, as doctor prints them, that is kept under no name here. */
async function isStray(name: string): Promise<boolean> {
  const { findPair, pairNames } = await import('../compose/pair-files.ts');
  const kept = pairNames().flatMap((each) => [each, findPair(each)?.ground.id]);
  return /^ep-[0-9a-f]{6}$/.test(name) && !kept.includes(name);
}

async function choose(name: string | undefined, all: boolean): Promise<readonly Pair[]> {
  const { openPair, pairNames } = await import('../compose/pair-files.ts');
  if (name !== undefined && all)
    throw new InputError({ message: 'Expected either the name of a pair or --all, got both' });
  if (name !== undefined) return [openPair(name)];
  const names = pairNames();
  if (!all && names.length > 1)
    throw new InputError({
      message: `Expected the name of a pair, as ${names.length} are kept here`,
      hint: `Pairs: ${names.join(', ')}. Or all of them: elevenproof down --all`,
    });
  return names.map(openPair);
}
