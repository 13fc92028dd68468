/** `elevenproof list`: what there is. */
import { type Command, Option } from 'commander';
import { type Io, lookOf } from './io.ts';
import type { Context } from './program.ts';

const kinds = ['scenarios', 'topologies', 'faults', 'objectives', 'facts', 'profiles', 'verbs'] as const;
type Kind = (typeof kinds)[number];

/** Declares the command. */
export function declareList(program: Command, context: Context): void {
  program
    .command('list [what]')
    .summary('what there is: scenarios, faults, objectives, ...')
    .description(`Lists ${kinds.join(', ')}; scenarios when nothing is named.`)
    .addOption(new Option('--json', 'print as JSON'))
    .action(async (what: string | undefined, raw: { json?: boolean }) => {
      await listCommand(what ?? 'scenarios', raw.json === true, context.io);
    });
}

async function listCommand(what: string, json: boolean, io: Io): Promise<void> {
  if (!(kinds as readonly string[]).includes(what)) {
    const { InputError, knownWords } = await import('../base/errors.ts');
    throw new InputError({
      message: `Expected something to list, got \`${what}\``,
      hint: knownWords('Known', what, kinds),
    });
  }
  const { entriesOf } = await import('./list-entries.ts');
  const entries = await entriesOf(what as Kind);
  if (json) {
    io.out(`${JSON.stringify(entries, null, 2)}\n`);
    return;
  }
  const { tableLines } = await import('../report/console/table.ts');
  const { plainText } = await import('../report/plain-text.ts');
  const look = await lookOf(io);
  const rows = entries.map((entry) => ({
    cells: [plainText(entry.name), plainText(entry.says)],
    paint: look.colours.strong,
  }));
  io.out(`${tableLines(rows, look.width).join('\n')}\n`);
}
