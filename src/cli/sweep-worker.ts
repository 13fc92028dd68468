/** A worker thread of a sweep: takes seeds one by one, answers with results. */
import { parentPort, workerData } from 'node:worker_threads';
import { createSeedRunner, type SweepJob } from './sweep-seed.ts';

const port = parentPort;
if (port === null) throw new Error('Expected to be started as a worker thread');

const runSeed = createSeedRunner(workerData as SweepJob);
const never = new AbortController().signal;
port.on('message', async (seed: string) => port.postMessage(await runSeed(seed, never)));
