/**
 * An SLI stays inside its steady state all the time that the story spends in a state (static stability).
 *
 * Every window that lies wholly inside a visit of the state must be healthy; `unhealthyMsMax` allows for so much in sum (0 by
 * default). A state that was not entered, or not for one window's width, or windows with too few requests, are unknown.
 */
import type { Ms } from '../base/clock.ts';
import { formatClock, formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { windowOf } from '../domain/sli-window.ts';
import { aboutOf } from './about.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { healthIn } from './health-in.ts';
import { describeSli, factsOfSli, healthOf, type SliName } from './measured-sli.ts';
import { hull, spansOf } from './span.ts';

/** What is asked. */
export interface ServesThroughOptions extends SliName {
  /** Name of a state, or of several. */
  readonly state: string | readonly string[];
  readonly unhealthyMsMax?: Ms;
  readonly name?: string;
}

/** `orders serves through headless`: figure `unhealthyMs`. Throws an InputError for impossible arguments. */
export function servesThrough(options: ServesThroughOptions): Objective {
  const { of, site, channel, unhealthyMsMax, name } = options;
  check('serves-through')
    .only(options, ['of', 'site', 'channel', 'state', 'unhealthyMsMax', 'name'])
    .given({ of, state: options.state })
    .done();
  const states = typeof options.state === 'string' ? [options.state] : options.state;
  check('serves-through')
    .text('of', of)
    .text('site', site)
    .text('channel', channel)
    .texts('state', states)
    .ms('unhealthyMsMax', unhealthyMsMax)
    .done();
  const allowed = unhealthyMsMax ?? 0;
  return {
    family: 'serves-through',
    name: name ?? `${describeSli(options)} serves through ${states.join(' and ')}`,
    expected: allowed === 0 ? 'healthy throughout' : `≤ ${formatDuration(allowed)} unhealthy`,
    needs: { faults: [], slis: [of], facts: factsOfSli(of), ...aboutOf(options) },
    evaluate: (run) => evaluate(run, options, states),
  };
}

function evaluate(run: FoldedRun, options: ServesThroughOptions, states: readonly string[]): Finding {
  const spans = spansOf(run, { during: states });
  if (!('length' in spans)) return spans;
  const health = healthOf(run, options);
  if (health === undefined) return unknown('not exercised', `no steady state is declared for ${options.of}`);
  const window = hull(spans);
  const found = healthIn(health, spans, windowOf(options.of, run.steadyState[options.of]).widthMs);
  const figures = { unhealthyMs: found.unhealthyMs };
  const details = { window, figures };
  const standing = standingOf(found.unhealthyMs <= (options.unhealthyMsMax ?? 0));
  if (standing === 'missed')
    return finding(standing, `${formatDuration(found.unhealthyMs)} unhealthy`, {
      ...details,
      because: `first at ${formatClock(found.firstMs ?? window.fromMs)}`,
    });
  if (found.healthyMs === 0)
    return unknown('not exercised', 'no whole window with enough requests lies inside', details);
  if (found.unknownMs > 0)
    return unknown('not exercised', `too few requests for ${formatDuration(found.unknownMs)}`, details);
  return finding(
    standing,
    found.unhealthyMs === 0 ? 'healthy throughout' : `${formatDuration(found.unhealthyMs)} unhealthy`,
    details,
  );
}
