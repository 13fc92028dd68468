/**
 * How long after a fault another member led.
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
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { unknown } from './finding.ts';
import { happenedAfter, neverHappened } from './in-time.ts';
import { changesIn, type SubjectChange, subjectsHit, valueBefore } from './observed.ts';
import { type LandedPass, resolutionMs, windowAfter, worstOfPasses } from './passes.ts';
import type { Span } from './span.ts';
import { sitesOfNeeds } from './workload-after.ts';

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
    .only(options, ['of', 'site', 'after', 'msMax', 'name'])
    .given({ of, after, msMax })
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
    needs: { faults: [after], slis: ['api.write'], facts: [leaders[of]], ...sitesOfNeeds(site), ...aboutOf(options) },
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
  const finest = formatDuration(resolutionMs(pass, stepMs)).replace(/ s$/, '');
  return happenedAfter(window, taken.atMs, options.msMax, 'takeoverMs', {
    received: `${formatDuration(taken.atMs - window.fromMs)} ± ${finest}`,
    because: `${valueBefore(run, fact, taken.subject, pass.landed.fromMs) ?? 'nobody'} → ${taken.value}`,
    evidence: [...pass.events, taken.n],
  });
}

function nobody(changes: readonly SubjectChange[], options: TakeoverOptions, window: Span): Finding {
  const lost = changes[0];
  if (lost === undefined) return unknown('not exercised', `the leader of ${options.of} did not change`, { window });
  return neverHappened(window, options.msMax, 'nobody took over', [lost.n]);
}
