/** Whether a pair, its load and its observers fit on the processors. */
import { bad, type Check, ok, warn } from './check.ts';
import type { Cost } from './cost.ts';

/** Cores below which two control planes starve each other and elections come by themselves. */
const coresMin = 2;
/** Cores for load, observers and the business itself at a scale where figures mean something. */
const workCores = 1;
/** From here on a scenario's own rates were never the bound. */
const fullScaleCores = 8;

/** Judges processors against the cost of the topology that is asked for. What the machine carries of load, the load driver measures itself; it refuses a rate beyond that. */
export function judgeCores(count: number, { topology, cpuCores }: Cost): Check {
  const name = 'cores';
  const found = `${count}; ${topology} takes about ${cpuCores.toFixed(1)} at rest`;
  if (count < coresMin) return bad(name, found, `At least ${coresMin}: elections would come by themselves.`);
  if (count < cpuCores + workCores) return bad(name, found, 'Take a smaller topology (--topology).');
  if (count < fullScaleCores)
    return warn(name, found, 'Run with --scale 0.1 or so: what load a machine carries decides.');
  return ok(name, found);
}
