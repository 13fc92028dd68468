/** One step of a Deployment: from what its ReplicaSets want and have to what they shall want. Pure, so that the arithmetic can be tested against Kubernetes' own words. */

/** One ReplicaSet as the Deployment controller sees it. */
export interface SetCount {
  readonly wanted: number;
  readonly available: number;
}

/** The bounds of a rolling update, in pods. */
export interface RollingBounds {
  readonly replicas: number;
  readonly surge: number;
  readonly unavailable: number;
}

const sumOf = (sets: readonly SetCount[], field: keyof SetCount) => sets.reduce((sum, set) => sum + set[field], 0);

/** New wanted counts, oldest first, the newest last: first the new set grows as far as the surge allows, else the old ones shrink (kubernetes/kubernetes pkg/controller/deployment/rolling.go). */
export function rollingStep(sets: readonly SetCount[], bounds: RollingBounds): readonly number[] {
  const grown = growNewest(sets, bounds);
  return grown ?? shrinkOld(sets, bounds);
}

function growNewest(sets: readonly SetCount[], { replicas, surge }: RollingBounds): readonly number[] | undefined {
  const last = sets.at(-1)!;
  if (last.wanted === replicas) return undefined;
  const room = Math.max(0, replicas + surge - sumOf(sets, 'wanted'));
  const next = last.wanted > replicas ? replicas : last.wanted + Math.min(room, replicas - last.wanted);
  return next === last.wanted ? undefined : [...sets.slice(0, -1).map((set) => set.wanted), next];
}

function shrinkOld(sets: readonly SetCount[], { replicas, unavailable }: RollingBounds): readonly number[] {
  const last = sets.at(-1)!;
  const least = replicas - unavailable;
  const wanted = sets.map((set) => set.wanted);
  let budget = sumOf(sets, 'wanted') - least - (last.wanted - Math.min(last.wanted, last.available));
  const take = (i: number, most: number) => {
    const taken = Math.max(0, Math.min(most, wanted[i]!, budget));
    wanted[i]! -= taken;
    budget -= taken;
    return taken;
  };
  // Unhealthy pods of old sets go first: they serve nobody.
  for (let i = 0; i < sets.length - 1; i++) take(i, sets[i]!.wanted - sets[i]!.available);
  budget = Math.min(budget, sumOf(sets, 'available') - least);
  for (let i = 0; i < sets.length - 1; i++) take(i, wanted[i]!);
  return wanted;
}

/** New wanted counts when replicas changed in the middle of a rollout: every set gets its share of `replicas + surge`, the largest first, what is left goes to the largest; a single set with pods just takes the new number (deployment_util.go GetProportion). `total`: the sum allowed before. */
export function proportionalStep(
  sets: readonly SetCount[],
  { replicas, surge }: RollingBounds,
  total: number,
): readonly number[] {
  const allowed = replicas > 0 ? replicas + surge : 0;
  const wanted = sets.map((set) => set.wanted);
  const change = allowed - sumOf(sets, 'wanted');
  let left = change;
  const active = wanted.filter((count) => count > 0).length;
  if (active <= 1)
    return wanted.map((count, i) => (count > 0 || (active === 0 && i === sets.length - 1) ? replicas : 0));
  const order = sets.map((_, i) => i).filter((i) => wanted[i]! > 0);
  order.sort((a, b) => wanted[b]! - wanted[a]! || (change > 0 ? b - a : a - b));
  for (const i of order) {
    const share = Math.round((wanted[i]! * allowed) / Math.max(1, total)) - wanted[i]!;
    const step = change > 0 ? Math.max(0, Math.min(share, left)) : Math.min(0, Math.max(share, left));
    wanted[i]! += step;
    left -= step;
  }
  const first = order[0];
  if (first !== undefined) wanted[first] = Math.max(0, wanted[first]! + left);
  return wanted;
}
