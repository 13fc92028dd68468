/** Objectives that are asked of a fault are asked of each of its passes; the worst pass is the answer. */
import type { Ms } from '../base/clock.ts';
import type { FaultPass, FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Standing } from '../domain/objective.ts';
import { unknown } from './finding.ts';

/** A pass that landed. */
export type LandedPass = FaultPass & { readonly landed: { readonly fromMs: Ms; readonly toMs: Ms } };

const rank: Readonly<Record<Standing, number>> = { missed: 2, unknown: 1, met: 0 };

/** Evaluates every landed pass of a fault or operation and gives the worst finding; among equals the one with the greatest figure `figure`. Unknown when none landed. */
export function worstOfPasses(
  run: FoldedRun,
  fault: string,
  figure: string,
  evaluate: (pass: LandedPass) => Finding,
): Finding {
  const passes = run.passes(fault).filter((pass): pass is LandedPass => pass.landed !== undefined);
  const findings = passes.map(evaluate);
  const worst = findings.reduce<Finding | undefined>(
    (a, b) => (a === undefined || worse(b, a, figure) ? b : a),
    undefined,
  );
  return worst ?? unknown('did not land', `${fault} did not land`);
}

function worse(a: Finding, b: Finding, figure: string): boolean {
  if (a.standing !== b.standing) return rank[a.standing] > rank[b.standing];
  return (a.figures[figure] ?? 0) > (b.figures[figure] ?? 0);
}

/** Where the effect of a pass can be judged: from the landing's lower end to the next damage, or to the end of the load (of the timeline, without load). */
export function windowAfter(run: FoldedRun, pass: LandedPass): { readonly fromMs: Ms; readonly toMs: Ms } {
  const next = run.faults.find(
    (other) => other.purpose === 'damage' && !other.skipped && other.injectedMs > pass.landed.toMs,
  );
  const end = Math.max(pass.landed.fromMs, run.loadWindow?.toMs ?? run.endMs);
  return { fromMs: pass.landed.fromMs, toMs: next === undefined ? end : Math.min(end, next.injectedMs) };
}

/** How finely a time after this pass is known: the width of the landing, at least `stepMs`. */
export function resolutionMs(pass: LandedPass, stepMs: Ms): Ms {
  return Math.max(stepMs, pass.landed.toMs - pass.landed.fromMs);
}

/** The sites that the actions of a pass were aimed at, each once. */
export function sitesOf(pass: FaultPass): readonly string[] {
  return [...new Set(pass.targets.flatMap((target) => ('site' in target ? [target.site] : [])))];
}

/** The nodes that the actions of a pass were aimed at, each once. */
export function nodesOf(pass: FaultPass): readonly string[] {
  return [...new Set(pass.targets.flatMap((target) => ('node' in target ? [target.node] : [])))];
}
