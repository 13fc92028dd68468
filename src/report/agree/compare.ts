/** One figure of both sides, and how far apart they are. Apart from the runs it comes from because the rules differ by what a figure counts, and are tested on plain numbers. */
import { directionOf, shortfallOf } from '../figures.ts';

/** How two values of a figure are compared. `ratio`: by size. `tolerance`: times of which either is below a second, ± 0.3 s. `count`: things, which must be the same number. */
export type Rule = 'ratio' | 'tolerance' | 'count';

/** What a comparison says. */
export interface Comparison {
  readonly rule: Rule;
  /** Model ÷ real, of what is missing to 1 for a ratio of success; absent when the real side is 0. */
  readonly ratio?: number;
  /** Distance as a share of the real side, 0 when they are alike by rule, Infinity from nothing to something. */
  readonly errorRatio: number;
  /** Alike by a rule that knows no size: equal counts, both nothing, or within the tolerance. Then there is no error that a median could be taken of. */
  readonly alike: boolean;
}

/** Below this a time is compared by distance, ms: looks at a real platform are up to 0.2 s apart. */
const shortMs = 1_000;
/** And may differ by this much, ms. */
const toleranceMs = 300;
// Remainders of sums of binary fractions.
const nothing = 1e-9;

/** Compares the medians of a figure by the rule that its name asks for; undefined for one that only says how much was looked at. */
export function compareMedians(name: string, model: number, real: number): Comparison | undefined {
  if (directionOf(name) === 'none') return undefined;
  const rule = ruleOf(name, model, real);
  const [a, b] = [shortfallOf(name, model), shortfallOf(name, real)];
  const distance = Math.abs(a - b);
  const alike = isAlike(rule, distance, b);
  const ratio = b < nothing ? {} : { ratio: a / b };
  if (alike) return { rule, ...ratio, errorRatio: 0, alike };
  return { rule, ...ratio, errorRatio: b < nothing ? Number.POSITIVE_INFINITY : distance / b, alike };
}

function isAlike(rule: Rule, distance: number, real: number): boolean {
  if (rule === 'tolerance') return distance <= toleranceMs;
  return distance < nothing && (rule === 'count' || real < nothing);
}

function ruleOf(name: string, model: number, real: number): Rule {
  if (isTime(name)) return Math.min(model, real) < shortMs ? 'tolerance' : 'ratio';
  return isCountOfThings(name) ? 'count' : 'ratio';
}

const isTime = (name: string) => /Ms(?:$|[A-Z])/.test(name);

/** Orders that were lost and the like, pods, changes of direction: either the model knows why they occur, or it does not. Requests and records grow with time and rate and have a size instead. */
const isCountOfThings = (name: string) =>
  /^(?:lost|duplicated|resurrected|diverged|conflicting)\w*Orders$|^conflicts$|Count$|Replicas$|^(?:directionChanges|scalings)$/i.test(
    name,
  );
