/**
 * How long demand stood above what the ready pods can serve.
 *
 * After a fault: from the lower end of the landing to the end of the first shortage that begins after it or is under way. After
 * `peak`, or without `after`: the longest shortage of the load (`peak`: of those that end after the peak was reached). A shortage
 * ends when capacity covers demand for 10 s. Never short: 0, with a note. Still short at the end: missed once the bound has passed.
 */
import type { Ms } from '../base/clock.ts';
import { formatClock, formatDuration } from '../base/format.ts';
import type { FoldedRun } from '../domain/folded-run.ts';
import type { Finding, Objective } from '../domain/objective.ts';
import { holdMsDefault } from '../domain/sli-window.ts';
import { aboutOf } from './about.ts';
import { capacitySteps, type Shortage, shortages } from './capacity-steps.ts';
import { check } from './check.ts';
import { finding, standingOf, unknown } from './finding.ts';
import { windowAfter, worstOfPasses } from './passes.ts';
import type { Span } from './span.ts';

/** What is asked. */
export interface TimeToCapacityOptions {
  readonly workload: string;
  /** Absent: all sites summed. */
  readonly site?: string;
  readonly msMax: Ms;
  /** Name of a fault or operation, or `peak`. */
  readonly after?: string;
  readonly name?: string;
}

/** `time to capacity of orders`: figures `timeToCapacityMs`. Throws an InputError for impossible arguments. */
export function timeToCapacity(options: TimeToCapacityOptions): Objective {
  const { workload, site, msMax, after, name } = options;
  check('time-to-capacity')
    .only(options, ['workload', 'site', 'msMax', 'after', 'name'])
    .given({ workload, msMax })
    .text('workload', workload)
    .text('site', site)
    .ms('msMax', msMax)
    .text('after', after)
    .text('name', name)
    .done();
  const ofFault = after !== undefined && after !== 'peak';
  return {
    family: 'time-to-capacity',
    name: name ?? `time to capacity of ${workload}${site === undefined ? '' : ` in ${site}`}`,
    expected: `≤ ${formatDuration(msMax)}`,
    needs: {
      faults: ofFault ? [after] : [],
      slis: ['autoscaling', 'workloads'],
      facts: ['workload.ready'],
      ...aboutOf(options),
    },
    evaluate: (run) => (ofFault ? afterFault(run, options, after) : overLoad(run, options)),
  };
}

function afterFault(run: FoldedRun, options: TimeToCapacityOptions, fault: string): Finding {
  return worstOfPasses(run, fault, 'timeToCapacityMs', (pass) => {
    const window = windowAfter(run, pass);
    const found = shortIn(run, options, window);
    return 'standing' in found ? found : verdict(found[0], window.fromMs, options, window);
  });
}

function overLoad(run: FoldedRun, options: TimeToCapacityOptions): Finding {
  const window = run.loadWindow;
  if (window === undefined) return unknown('not exercised', 'the load profile never started');
  const peakMs = run.changes('load.peaked', {}).find((change) => change.value === true)?.atMs;
  if (options.after === 'peak' && peakMs === undefined)
    return unknown('not exercised', 'the load did not peak', { window });
  const found = shortIn(run, options, window);
  if ('standing' in found) return found;
  const fromMs = options.after === 'peak' ? (peakMs ?? 0) : 0;
  const inQuestion = found.filter(({ toMs }) => toMs === undefined || toMs > fromMs);
  const length = (shortage: Shortage) => (shortage.toMs ?? window.toMs) - shortage.fromMs;
  const longest = [...inQuestion].sort((a, b) => length(b) - length(a))[0];
  return verdict(longest, longest?.fromMs ?? window.fromMs, options, window);
}

function shortIn(
  run: FoldedRun,
  { workload, site }: TimeToCapacityOptions,
  window: Span,
): readonly Shortage[] | Finding {
  const steps = capacitySteps(run, workload, site, window);
  return steps.length === 0
    ? unknown('not observed', `the capacity of ${workload} was never read`, { window })
    : shortages(steps, holdMsDefault);
}

function verdict(shortage: Shortage | undefined, originMs: Ms, options: TimeToCapacityOptions, window: Span): Finding {
  if (shortage === undefined)
    return finding('met', '0 s', { because: 'never short of capacity', window, figures: { timeToCapacityMs: 0 } });
  const timeToCapacityMs = (shortage.toMs ?? window.toMs) - originMs;
  const details = { window, evidence: [shortage.n], because: `short from ${formatClock(shortage.fromMs)}` };
  if (shortage.toMs !== undefined)
    return finding(standingOf(timeToCapacityMs <= options.msMax), formatDuration(timeToCapacityMs), {
      ...details,
      because: `${details.because} to ${formatClock(shortage.toMs)}`,
      figures: { timeToCapacityMs },
    });
  return timeToCapacityMs > options.msMax
    ? finding('missed', `> ${formatDuration(options.msMax)}`, details)
    : unknown('not measured', 'still short when the measurement ended', details);
}
