/** Which runs of a model stand for which real ones. Apart from comparing figures, because a run that has no counterpart must be named and not dropped. */
import type { RunRecord } from '../../domain/record.ts';
import { type Condition, conditionsApart, conditionsOf } from '../conditions.ts';

/** All pairs of one scenario under the same conditions. */
export interface PairedRuns {
  readonly scenario: string;
  readonly conditions: readonly Condition[];
  /** One per seed that has got a real run. */
  readonly model: readonly RunRecord[];
  readonly real: readonly RunRecord[];
}

/** A run that stands alone, and why. */
export interface Unpaired {
  readonly runId: string;
  readonly scenario: string;
  readonly platform: string;
  readonly seed: string;
  readonly because: string;
}

/** Runs in pairs, and those left over. */
export interface Pairing {
  readonly groups: readonly PairedRuns[];
  readonly unpaired: readonly Unpaired[];
}

/** Pairs runs of the same scenario, seed and conditions, in order of first sight; several real runs of one seed share one of the model. A run that broke off pairs with none. */
export function pairRuns(model: readonly RunRecord[], real: readonly RunRecord[]): Pairing {
  const usable = (record: RunRecord) => record.how === 'complete';
  const [left, right] = [byKey(model.filter(usable)), byKey(real.filter(usable))];
  const groups = new Map<string, { model: RunRecord[]; real: RunRecord[] }>();
  for (const [key, runs] of right) {
    const counterpart = left.get(key)?.[0];
    if (counterpart === undefined) continue;
    const group = groups.get(groupKey(runs[0]!)) ?? { model: [], real: [] };
    group.model.push(counterpart);
    group.real.push(...runs);
    groups.set(groupKey(runs[0]!), group);
  }
  return {
    groups: [...groups.values()].map((group) => ({
      scenario: group.real[0]!.scenario.name,
      conditions: comparedBy(group.real[0]!),
      ...group,
    })),
    unpaired: [...alone(model, real, right), ...alone(real, model, left)],
  };
}

/** Conditions that must be alike; Kubernetes' version beside those of `diff`, because time limits of its controllers moved. */
function comparedBy(record: RunRecord): readonly Condition[] {
  const versions = Object.entries(record.topology.kubernetes).map(([site, version]) => `${site} ${version}`);
  return [...conditionsOf(record), { what: 'Kubernetes', value: versions.join(', ') }];
}

const groupKey = (record: RunRecord) => JSON.stringify([record.scenario.name, ...comparedBy(record)]);
const keyOf = (record: RunRecord) => JSON.stringify([groupKey(record), record.seed.toLowerCase()]);

function byKey(records: readonly RunRecord[]): ReadonlyMap<string, readonly RunRecord[]> {
  const found = new Map<string, RunRecord[]>();
  for (const record of records) found.set(keyOf(record), [...(found.get(keyOf(record)) ?? []), record]);
  return found;
}

function alone(
  own: readonly RunRecord[],
  others: readonly RunRecord[],
  counterparts: ReadonlyMap<string, unknown>,
): readonly Unpaired[] {
  return own.flatMap((record) => {
    const because = whyAlone(record, others, counterparts);
    if (because === undefined) return [];
    const { runId, scenario, platform, seed } = record;
    return [{ runId, scenario: scenario.name, platform: platform.name, seed, because }];
  });
}

function whyAlone(
  record: RunRecord,
  others: readonly RunRecord[],
  counterparts: ReadonlyMap<string, unknown>,
): string | undefined {
  if (record.how !== 'complete') return `the run did not end in order (${record.how})`;
  if (counterparts.has(keyOf(record))) return undefined;
  const same = others.filter(({ scenario }) => scenario.name === record.scenario.name);
  if (same.length === 0) return 'the other side has no run of this scenario';
  const sameSeed = same.filter(({ seed }) => seed.toLowerCase() === record.seed.toLowerCase());
  if (sameSeed.length === 0) return `the other side has no run of seed ${record.seed}`;
  const apart = sameSeed
    .map((other) => conditionsApart(comparedBy(record), comparedBy(other)))
    .sort((a, b) => a.length - b.length)[0]!;
  return apart.length === 0 ? 'its counterpart did not end in order' : apart.join('; ');
}
