/** k6 under the contract of the load port, against a desk on this machine. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { createK6Load } from '../../../src/load/k6/k6-load.ts';
import { k6Version } from '../../../src/load/k6/process.ts';
import { createWallClock } from '../../../src/platform/kind/wall-clock.ts';
import { loadContract } from '../../contract/load-contract.ts';
import { openDesk } from './desk.ts';

const version = await k6Version();

// k6 is a program of its own that not every machine has; without it there is nothing to hold to the contract.
if (version === undefined) test.skip('k6 is not in PATH: the contract of the load port is not tried on it', () => {});
else
  loadContract({
    name: 'k6',
    service: 'orders',
    rateRpsBase: 50,
    rateRpsPeak: 200,
    limitMs: 90_000,
    make: async () => {
      const desk = await openDesk();
      const clock = createWallClock();
      const folder = mkdtempSync(join(tmpdir(), 'elevenproof-k6-'));
      const load = createK6Load({
        entry: () => ({ url: desk.url }),
        clock,
        folder,
        runId: folder,
        witness: desk.onLine,
      });
      return { load, clock, end: async () => void desk.close() };
    },
  });
