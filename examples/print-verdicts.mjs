// Runs a shipped scenario from a program and prints its verdicts.
// Run it: node examples/print-verdicts.mjs [scenario] [seed]
import { loadScenario, runScenario } from 'elevenproof';

const [name = 'site-loss', seed = '7f3a'] = process.argv.slice(2);

const { scenario } = await loadScenario(name);
const { record, exitCode } = await runScenario({ scenario, seed });

console.log(`${scenario.title}\n`);
for (const { standing, objective, expected, received } of record.verdicts)
  console.log(`${standing.padEnd(7)}  ${objective}: ${received} (expected ${expected})`);

process.exitCode = exitCode;
