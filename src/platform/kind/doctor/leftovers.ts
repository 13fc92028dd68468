/** What earlier runs left behind. Apart because it is never bad by itself: a kept pair is wanted, a forgotten one costs memory. */
import { askProgram } from '../../../base/host.ts';
import { pairLabel } from '../ground.ts';
import { type Check, ok, warn } from './check.ts';

/** What exists of pairs, by pair. */
export interface LeftPair {
  readonly id: string;
  readonly containers: number;
  readonly networks: number;
}

/** Looks for containers and networks with our label. Never throws. */
export async function measureLeftovers(signal: AbortSignal): Promise<readonly LeftPair[]> {
  const label = ['--filter', `label=${pairLabel}`, '--format', `{{.Label "${pairLabel}"}}`];
  const [containers, networks] = await Promise.all([
    askProgram('docker', ['ps', '--all', ...label], { signal }),
    askProgram('docker', ['network', 'ls', ...label], { signal }),
  ]);
  return countPairs(idsIn(containers.stdout), idsIn(networks.stdout));
}

const idsIn = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Pairs by id, from the ids of every container and every network. */
export function countPairs(containers: readonly string[], networks: readonly string[]): readonly LeftPair[] {
  const count = (ids: readonly string[], id: string) => ids.filter((each) => each === id).length;
  return [...new Set([...containers, ...networks])]
    .sort()
    .map((id) => ({ id, containers: count(containers, id), networks: count(networks, id) }));
}

/** Judges pairs that exist, and run folders whose undo journal does not say that all is gone. `kept`: names of pairs that are kept here, by id. */
export function judgeLeftovers(
  pairs: readonly LeftPair[],
  folders: readonly string[],
  kept: Readonly<Record<string, string>>,
): readonly Check[] {
  if (pairs.length + folders.length === 0) return [ok('leftovers', 'none')];
  const pairText = ({ id, containers, networks }: LeftPair) =>
    `pair ${id}: ${containers} containers, ${networks} ${networks === 1 ? 'network' : 'networks'}`;
  return [
    ...pairs.map((pair) => warn('leftovers', pairText(pair), pairHint(pair.id, kept[pair.id]))),
    ...folders.map((folder) =>
      warn('leftovers', `run ${folder} did not say that all of it is gone`, `elevenproof heal ${folder}`),
    ),
  ];
}

function pairHint(id: string, name: string | undefined): string {
  if (name !== undefined) return `Kept as ${name}: elevenproof down ${name}`;
  return `Of a run that goes on, or kept from another folder; if of neither: elevenproof down ${id}`;
}
