/**
 * No key ends with different values at the two sites.
 *
 * Counted in the audit after the quiet period: keys that both sites hold and that differ (conflicting writes). More than allowed
 * is a definite miss.
 */
import { formatCount } from '../base/format.ts';
import type { Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { auditVerdict } from './clean-audit.ts';

/** `no conflicts`: figure `conflicts`. `conflictsMax`: 0 by default. Throws an InputError for impossible arguments. */
export function noConflicts(options: { readonly conflictsMax?: number; readonly name?: string } = {}): Objective {
  const most = options.conflictsMax ?? 0;
  check('no-conflicts').only(options, ['conflictsMax', 'name']).number('conflictsMax', most).done();
  return {
    family: 'no-conflicts',
    name: options.name ?? 'no conflicts',
    expected: most === 0 ? '0' : `≤ ${formatCount(most)}`,
    needs: { faults: [], slis: ['data'] },
    evaluate: (run) => {
      const conflicts = run.audit?.conflicts ?? 0;
      return auditVerdict(run, conflicts, conflicts > most, 'conflicts', 'keys that differ between the sites');
    },
  };
}
