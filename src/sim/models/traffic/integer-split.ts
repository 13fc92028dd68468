/** Splits whole numbers by shares and remembers what rounding left over, so that counts stay integers and no share drifts. Apart because every exact sum of the traffic rests on it. */

/** Splits `total` (an integer ≥ 0) into integers in proportion to `weights` (≥ 0), none above its cap. Their sum is `total`, or the sum of the caps if that is less. Writes into and returns one array that the next call reuses. */
export type Split = (total: number, weights: ArrayLike<number>, caps?: ArrayLike<number>) => Float64Array;

/** A split into `slots` parts whose rounding errors are carried from call to call. */
export function createSplit(slots: number): Split {
  const carry = new Float64Array(slots);
  const quota = new Float64Array(slots);
  const given = new Float64Array(slots);
  return (total, weights, caps) => {
    let sum = 0;
    for (let i = 0; i < slots; i++) sum += weights[i]!;
    let left = total;
    for (let i = 0; i < slots; i++) {
      quota[i] = (sum > 0 ? (total * weights[i]!) / sum : 0) + carry[i]!;
      given[i] = Math.max(0, Math.min(Math.floor(quota[i]! + 1e-9), caps?.[i] ?? total));
      left -= given[i]!;
    }
    if (left > 0) left = handOut(left, quota, given, weights, caps);
    if (left < 0) takeBack(-left, quota, given);
    for (let i = 0; i < slots; i++) carry[i] = Math.max(-1, Math.min(1, quota[i]! - given[i]!));
    return given;
  };
}

/** Gives what is left to the slot that is owed most; slots without weight come last. Returns what no cap could take. */
function handOut(
  total: number,
  quota: Float64Array,
  given: Float64Array,
  weights: ArrayLike<number>,
  caps: ArrayLike<number> | undefined,
): number {
  let left = total;
  while (left > 0) {
    let best = -1;
    let owed = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < given.length; i++) {
      if (caps !== undefined && given[i]! >= caps[i]!) continue;
      const debt = quota[i]! - given[i]! - (weights[i]! > 0 ? 0 : 1e12);
      if (debt > owed) {
        owed = debt;
        best = i;
      }
    }
    if (best < 0) return left;
    const step = Math.min(left, Math.max(1, Math.floor(owed)), (caps?.[best] ?? left + given[best]!) - given[best]!);
    given[best] = given[best]! + step;
    left -= step;
  }
  return 0;
}

/** Takes from the slot that got most above its quota. */
function takeBack(total: number, quota: Float64Array, given: Float64Array): void {
  for (let left = total; left > 0; left--) {
    let best = -1;
    let over = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < given.length; i++)
      if (given[i]! > 0 && given[i]! - quota[i]! > over) {
        over = given[i]! - quota[i]!;
        best = i;
      }
    if (best < 0) return;
    given[best] = given[best]! - 1;
  }
}
