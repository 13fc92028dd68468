/**
 * **takeover**: how long after a fault another member led.
 *
 * From the lower end of the landing to the first change of the leader of etcd, or of the lease holder of controller-manager or
 * scheduler, to somebody, by the source's own stamp. No change at all: missed when nobody leads and the bound has passed;
 * unknown when the leader was never hit.
 */
import type { Ms } from '../base/clock.ts';
import { formatDuration } from '../base/format.ts';
import type { FactName } from '../domain/fact.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { changesIn, type SubjectChange, subjectsHit } from './observed.ts';
import { type LandedPass, resolutionMs, windowAfter, worstOfPasses } from './passes.ts';

const leaders = {
  etcd: 'etcd.leader',
  'controller-manager': 'controller.leader',
  scheduler: 'scheduler.leader',
} as const satisfies Record<string, FactName>;

/** What is asked. */
export interface TakeoverOptions {
  readonly of: keyof typeof leaders;
  /** Absent: the site that the fault hit. */
  readonly site?: string;
  readonly after: string;
  readonly msMax: Ms;
  readonly name?: string;
}

/** Finest step of the observers of leaders, ms: stamps come from logs and leases, which are finer; the landing is not. */
const stepMs = 100;

/** `takeover of etcd`: figure `takeoverMs`. Throws an InputError for impossible arguments. */
export function takeover(options: TakeoverOptions): Objective {
  const { of, site, after, msMax, name } = options;
  check('takeover')
    .that(Object.hasOwn(leaders, of), `\`of\` to be one of ${Object.keys(leaders).join(', ')}, got \`${of}\``)
    .text('site', site)
    .text('after', after)
    .text('name', name)
    .ms('msMax', msMax)
    .done();
  return {
    family: 'takeover',
    name: name ?? `takeover of ${of}${site === undefined ? '' : ` in ${site}`}`,
    expected: `≤ ${formatDuration(msMax)}`,
    needs: { faults: [after], slis: ['api.write'], facts: [leaders[of]] },
    evaluate: (run) => worstOfPasses(run, after, 'takeoverMs', (pass) => evaluatePass(run, pass, options)),
  };
}

function evaluatePass(run: FoldedRun, pass: LandedPass, options: TakeoverOptions): Finding {
  const fact = leaders[options.of];
  const window = windowAfter(run, pass);
  const where = options.site === undefined ? {} : { site: options.site };
  const changes = changesIn(run, fact, subjectsHit(run, fact, where, pass), window);
  const taken = changes.find((change) => change.value !== null);
  if (taken === undefined) return nobody(changes, options, window);
  const takeoverMs = taken.atMs - pass.landed.fromMs;
  const finest = formatDuration(resolutionMs(pass, stepMs)).replace(/ s$/, '');
  return finding(standingOf(takeoverMs <= options.msMax), `${formatDuration(takeoverMs)} ± ${finest}`, {
    because: `${taken.before ?? 'nobody'} → ${taken.value}`,
    window: { fromMs: window.fromMs, toMs: taken.atMs },
    figures: { takeoverMs },
    evidence: [...pass.events, taken.n],
  });
}

function nobody(
  changes: readonly SubjectChange[],
  options: TakeoverOptions,
  window: { readonly fromMs: Ms; readonly toMs: Ms },
): Finding {
  const lost = changes[0];
  if (lost === undefined) return unknown('not exercised', `the leader of ${options.of} did not change`, { window });
  const details = { window, evidence: [lost.n], because: 'nobody took over' };
  return window.toMs - window.fromMs > options.msMax
    ? finding('missed', `> ${formatDuration(options.msMax)}`, details)
    : unknown('not measured', 'nobody took over before the measurement ended', details);
}
