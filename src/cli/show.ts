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
    .action((name: string) => showCommand(name, context.io));
}

async function showCommand(name: string, io: Io): Promise<void> {
  const { loadScenario } = await import('../compose/catalogue.ts');
  const { mermaidOf } = await import('../report/mermaid.ts');
  io.out(`${mermaidOf((await loadScenario(name)).scenario.story)}\n`);
}
