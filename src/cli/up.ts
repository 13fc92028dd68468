/** `elevenproof up`: two real clusters, made or woken, and kept for the runs to come. */
import { relative } from 'node:path';
import type { Command } from 'commander';
import { formatClock, formatDuration } from '../base/format.ts';
import type { Raised } from '../compose/pairs.ts';
import type { Step } from '../kind/index.ts';
import { quote } from '../report/repeat-command.ts';
import { interruptible } from './interruptible.ts';
import { asTyped } from './invocation.ts';
import type { Io } from './io.ts';
import type { Context } from './program.ts';

interface RawOptions {
  readonly topology?: string;
  readonly name?: string;
  readonly nodeImage?: string;
  readonly allowCommands?: boolean;
  readonly json?: boolean;
}

/** Declares the command. */
export function declareUp(program: Command, context: Context): void {
  program
    .command('up')
    .summary('make two real clusters and keep them for runs')
    .description(
      'Makes the kind clusters of a topology and keeps them, so that the next run starts in seconds; wakes them when they are parked.',
    )
    .option(
      '--topology <name|folder>',
      'a folder of clusters/, or a folder of your own (default: that of the pair when it is kept, else dual-site)',
    )
    .option('--name <name>', "what to call the pair (default: the topology's name)")
    .option(
      '--node-image <image>',
      'node image of every cluster (default: $ELEVENPROOF_NODE_IMAGE, else as the files say)',
    )
    .option('--allow-commands', 'run the manifest commands that the topology names')
    .option('--json', 'print as JSON')
    .action(async (raw: RawOptions) => context.finish(await upCommand(raw, context.io)));
}

async function upCommand(raw: RawOptions, io: Io): Promise<number> {
  const { raisePair, readPairSource } = await import('../compose/pairs.ts');
  const { pairNameOf } = await import('../compose/pair-files.ts');
  const nodeImage = raw.nodeImage ?? (process.env.ELEVENPROOF_NODE_IMAGE || undefined);
  const { topology, allowCommands = false } = raw;
  const source = await readPairSource(raw.name, { topology, nodeImage, allowCommands });
  const name = raw.name ?? pairNameOf(source.topology.name);
  const parting = `Leaving. What was begun stays: elevenproof down ${name}`;
  return interruptible(io, parting, async (signal) => {
    const startMs = performance.now();
    const elapsedMs = () => performance.now() - startMs;
    const onStep = (site: string | undefined, step: Step) => io.err(stepLine(elapsedMs(), site, step));
    const raised = await raisePair({ name, source, signal, onStep });
    if (raw.json === true) io.out(`${JSON.stringify(asJson(raised, elapsedMs()), null, 2)}\n`);
    else io.out(asTyped(upText(raised, elapsedMs()), io.invocation));
  });
}

const marks = { begun: '…', done: '✓', failed: '✗' };

function stepLine(elapsedMs: number, site: string | undefined, { text, state }: Step): string {
  return `${formatClock(elapsedMs).padStart(9)}  ${(site ?? 'pair').padEnd(10)}  ${marks[state]} ${text}\n`;
}

function asJson({ pair, by }: Raised, elapsedMs: number): object {
  const { name, ground, versions } = pair;
  return { name, by, elapsedMs: Math.round(elapsedMs), ground, versions };
}

const words = { made: 'are up', woken: 'are awake', standing: 'were up' };

/** What stands now, and what to do with it. */
export function upText({ pair, by }: Raised, elapsedMs: number): string {
  const { name, ground } = pair;
  const files = ground.sites.map(({ kubeconfig }) => `${relative('.', ground.folder)}/${kubeconfig}`).join(':');
  return `Clusters ${name} ${words[by]} and ready (${formatDuration(elapsedMs)}): ${ground.sites.map(siteText).join(' · ')}

Run     elevenproof run etcd-leader-loss --platform kind --reuse ${name}
Look    export KUBECONFIG=${quote(files)}
Park    elevenproof down ${name} --park
Remove  elevenproof down ${name}
`;
}

function siteText({ name, machines }: Raised['pair']['ground']['sites'][number]): string {
  const count = (role: string) => machines.filter((machine) => machine.role === role).length;
  const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  return `${name} ${plural(count('control-plane'), 'control plane')} + ${plural(count('worker'), 'worker')}`;
}
