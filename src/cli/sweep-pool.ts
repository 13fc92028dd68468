/** Many seeds over worker threads. Apart from the command because order of arrival must not show in the result. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { InputError } from '../base/errors.ts';
import { brokenSeed, createSeedRunner, type SeedResult, type SweepJob } from './sweep-seed.ts';

/** Room for new objects in a worker, MiB. A run makes some 50 MiB of them and keeps few: with Node's 16 MiB a tenth more of the time goes into collecting. */
const youngMib = 64;

/** How a sweep is carried out. */
export interface PoolOptions {
  /** Worker threads; 1: no worker, in this thread. */
  readonly threads: number;
  readonly signal: AbortSignal;
  /** After each seed: how many are done. */
  readonly onDone: (done: number) => void;
}

/** Runs every seed and gives the results in the order of the seeds; those that an abort left out are missing. */
export async function sweepSeeds(
  job: SweepJob,
  seeds: readonly string[],
  options: PoolOptions,
): Promise<readonly SeedResult[]> {
  const results = new Map<string, SeedResult>();
  const take = createTaker(seeds, options.signal);
  const keep = (result: SeedResult) => {
    results.set(result.seed, result);
    options.onDone(results.size);
  };
  const threads = Math.min(options.threads, seeds.length);
  // Source files under a test runner cannot be loaded by a worker, which knows plain Node only.
  if (threads <= 1 || extname(fileURLToPath(import.meta.url)) === '.ts')
    await sweepHere(job, take, keep, options.signal);
  else await Promise.all(Array.from({ length: threads }, () => sweepThere(job, take, keep)));
  return seeds.flatMap((seed) => results.get(seed) ?? []);
}

type Take = () => string | undefined;

function createTaker(seeds: readonly string[], signal: AbortSignal): Take {
  let next = 0;
  return () => (signal.aborted ? undefined : seeds[next++]);
}

async function sweepHere(
  job: SweepJob,
  take: Take,
  keep: (result: SeedResult) => void,
  signal: AbortSignal,
): Promise<void> {
  const runSeed = createSeedRunner(job);
  for (let seed = take(); seed !== undefined; seed = take()) {
    keep(await runSeed(seed, signal));
    // Lets an interrupt through between two seeds.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function sweepThere(job: SweepJob, take: Take, keep: (result: SeedResult) => void): Promise<void> {
  for (let seed = take(); seed !== undefined; seed = take()) await workThrough(seed, job, take, keep);
}

/** One worker works until no seed is left, or until it dies, which costs the seed that it was at. */
async function workThrough(
  first: string,
  job: SweepJob,
  take: Take,
  keep: (result: SeedResult) => void,
): Promise<void> {
  const resourceLimits = { maxYoungGenerationSizeMb: youngMib };
  const worker = new Worker(new URL('./sweep-worker.js', import.meta.url), { workerData: job, resourceLimits });
  let seed: string | undefined = first;
  await new Promise<void>((resolve) => {
    const die = (error: unknown) => {
      if (seed !== undefined) keep(brokenSeed(seed, error));
      seed = undefined;
      resolve();
    };
    worker.on('message', (result: SeedResult) => {
      keep(result);
      seed = take();
      if (seed === undefined) resolve();
      else worker.postMessage(seed);
    });
    worker.on('error', die);
    worker.on('exit', (code) => die(new InputError(`its worker thread ended with code ${code}`)));
    worker.postMessage(first);
  });
  worker.removeAllListeners('exit');
  await worker.terminate();
}
