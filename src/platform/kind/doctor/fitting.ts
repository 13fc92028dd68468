/** Which topologies would fit on this machine. Apart from the checks of one, because it is an offer and never bad. */
import { formatCount } from '../../../base/format.ts';
import { type Check, ok, warn } from './check.ts';
import { judgeCores } from './cores.ts';
import type { Cost } from './cost.ts';
import { judgeMemory } from './memory.ts';

/** One line over all shipped topologies. */
export function judgeFitting(
  costs: readonly Cost[],
  { freeMiB, cores }: { readonly freeMiB: number; readonly cores: number },
): Check {
  const fits = (cost: Cost) =>
    [judgeMemory(freeMiB, cost), judgeCores(cores, cost)].every(({ state }) => state !== 'bad');
  const text = (cost: Cost) =>
    `${cost.topology} (${cost.containers} containers, ${formatCount(cost.memoryMiB)} MiB, ${cost.cpuCores.toFixed(1)} cores) ${fits(cost) ? 'fits' : 'does not fit'}`;
  const found = costs.map(text).join('; ');
  return costs.some(fits)
    ? ok('topologies', found)
    : warn('topologies', found, 'None of the shipped ones fits: bring a smaller one (--topology).');
}
