/** Facts as objectives ask for them: changes of every subject that fits, and how long a condition held. */
import type { Ms } from '../base/clock.ts';
import { type Condition, satisfies } from '../domain/condition.ts';
import { type FactName, type FactValue, facts, type Subject } from '../domain/fact.ts';
import type { FactChange, FaultPass, FoldedRun } from '../domain/folded-run.ts';
import { nodesOf, sitesOf } from './passes.ts';
import type { Span } from './span.ts';

/** A bound on a fact's value, as in {@link Condition}. */
export type Bound = Pick<Condition, 'is' | 'min' | 'max' | 'not'>;

/** A change and whose it was. */
export interface SubjectChange extends FactChange {
  readonly subject: Subject;
  /** Value before; undefined at first sight. */
  readonly before: FactValue | undefined;
}

/** Subjects of a fact that have every value of `where`. */
export function subjectsOf(run: FoldedRun, fact: FactName, where: Subject): readonly Subject[] {
  const wanted = Object.entries(where) as [keyof Subject, string][];
  return run.subjects(fact).filter((subject) => wanted.every(([key, value]) => subject[key] === value));
}

/** The same, narrowed to the sites and nodes that a fault was aimed at where the fact has such a subject and `where` leaves it open. */
export function subjectsHit(run: FoldedRun, fact: FactName, where: Subject, pass: FaultPass): readonly Subject[] {
  const parts: readonly string[] = facts[fact].subject;
  const sites = where.site === undefined && parts.includes('site') ? sitesOf(pass) : [];
  const nodes = where.node === undefined && parts.includes('node') ? nodesOf(pass) : [];
  return subjectsOf(run, fact, where).filter(
    (subject) =>
      (sites.length === 0 || sites.includes(subject.site ?? '')) &&
      (nodes.length === 0 || nodes.includes(subject.node ?? '')),
  );
}

/** Changes of these subjects in the span, oldest first. */
export function changesIn(
  run: FoldedRun,
  fact: FactName,
  subjects: readonly Subject[],
  span: Span,
): readonly SubjectChange[] {
  const all = subjects.flatMap((subject) =>
    run
      .changes(fact, subject)
      .map((change, i, list): SubjectChange => ({ ...change, subject, before: list[i - 1]?.value })),
  );
  return all.filter((change) => change.atMs >= span.fromMs && change.atMs <= span.toMs).sort((a, b) => a.atMs - b.atMs);
}

/** Value of a fact just before an instant; undefined when not yet observed. */
export function valueBefore(run: FoldedRun, fact: FactName, subject: Subject, atMs: Ms): FactValue | undefined {
  return run.changes(fact, subject).findLast((change) => change.atMs < atMs)?.value;
}

/** Spans inside `within` where the fact of one subject meets the bound, with the numbers of the changes that began them. */
export function heldSpans(
  run: FoldedRun,
  condition: Condition,
  within: Span,
): readonly (Span & { readonly n: number })[] {
  const changes = run.changes(condition.fact, condition.subject);
  return changes.flatMap((change, i) => {
    if (!satisfies(condition, change.value)) return [];
    const fromMs = Math.max(change.atMs, within.fromMs);
    const toMs = Math.min(changes[i + 1]?.atMs ?? within.toMs, within.toMs);
    return toMs > fromMs ? [{ fromMs, toMs, n: change.n }] : [];
  });
}
