/** `elevenproof show`: a scenario's story as a diagram. */
import type { Command } from 'commander';
import type { Io } from './io.ts';
import type { Context } from './program.ts';

/** Declares the command. */
export function declareShow(program: Command, context: Context): void {
  program
    .command('show <scenario>')
    .summary('the story of a scenario as a Mermaid diagram')
    .description('Prints the statechart of a scenario as a Mermaid diagram, ready for a Markdown page.')
    .option('--json', 'print the story itself as JSON')
    .action((name: string, raw: { readonly json?: boolean }) => showCommand(name, raw.json === true, context.io));
}

async function showCommand(name: string, json: boolean, io: Io): Promise<void> {
  const { loadScenario } = await import('../compose/catalogue.ts');
  const { mermaidOf } = await import('../report/mermaid.ts');
  const { story } = (await loadScenario(name)).scenario;
  io.out(`${json ? JSON.stringify(story, null, 2) : mermaidOf(story)}\n`);
}
