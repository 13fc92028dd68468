/** A plan in words. Apart from the command because it is a pure function of scenario, topology and load. */
import { formatCount, formatDuration } from '../base/format.ts';
import { describeCondition } from '../domain/condition.ts';
import { type Fault, verbsOf } from '../domain/fault.ts';
import type { LoadPlan } from '../domain/load.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { Site, Topology } from '../domain/topology.ts';
import { tableLines } from '../report/console/table.ts';
import { plainText } from '../report/plain-text.ts';
import type { Look } from './io.ts';
import type { CheckedRunOptions } from './run-options.ts';

/** What a plan is made of. */
export interface Planned {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly plan: LoadPlan;
  readonly sets: readonly string[];
  readonly options: CheckedRunOptions;
}

/** The plan as data, for programs. */
export function planData({ scenario, topology, plan, sets, options }: Planned): object {
  const { name, title, proves, limitMs, stopWhen, objectives, twins } = scenario;
  return {
    scenario: { name, title, proves, limitMs, stopWhen },
    platform: options.platform,
    topology: { name: topology.name, sets, assumed: topology.assumed, notModelled: topology.notModelled },
    load: { service: plan.service, channels: plan.channels.map(({ points: _, ...channel }) => channel) },
    faultsInjected: !options.noFaults,
    faults: Object.entries(scenario.faults).map(([fault, { kind, purpose, title, undo }]) => ({
      ...{ name: fault, kind, purpose, title, dud: options.duds.includes(fault) },
      ...{ until: undo.until.map(describeCondition), limitMs: undo.limitMs },
    })),
    objectives: objectives.map(({ family, name, expected }) => ({ family, name, expected })),
    twins: Object.entries(twins).map(([twin, { says, flips, keeps }]) => ({ name: twin, says, flips, keeps })),
  };
}

/** The plan as lines. */
export function planLines(planned: Planned, look: Look): readonly string[] {
  const { scenario, topology, options } = planned;
  const section = (title: string, rows: readonly (readonly string[])[]) =>
    rows.length === 0 ? [] : ['', look.colours.strong(title), ...table(rows, look)];
  return [
    look.colours.strong([scenario.name, options.platform, topology.name].map(plainText).join(' · ')),
    plainText(scenario.title),
    plainText(`Proves: ${scenario.proves}`),
    ...section('Topology', topology.sites.map(siteRow)),
    ...section(
      'Changes',
      planned.sets.map((set) => [set]),
    ),
    ...section('Load', loadRows(planned)),
    ...section(
      options.noFaults ? 'Faults (off: none is injected)' : 'Faults and operations',
      faultRows(scenario, options.duds),
    ),
    ...section(
      'Objectives',
      scenario.objectives.map((objective) => [objective.name, objective.expected]),
    ),
    ...section(
      'Sabotage twins',
      Object.entries(scenario.twins).map(([name, twin]) => [name, twin.says, `must miss: ${twin.flips.join(', ')}`]),
    ),
    ...section('Limits', limitRows(scenario)),
    ...section(
      'Assumed',
      topology.assumed.map((text) => [text]),
    ),
    ...section(
      'Not modelled',
      topology.notModelled.map((each) => [
        each.field,
        placeText(each),
        `could change ${each.couldChange.join(', ') || 'nothing measured'}`,
      ]),
    ),
  ];
}

function table(rows: readonly (readonly string[])[], look: Look): readonly string[] {
  const width = look.width === undefined ? undefined : look.width - indent.length;
  return tableLines(
    rows.map((row) => ({ cells: row.map(plainText) })),
    width,
  ).map((line) => indent + line);
}

const indent = '   ';

function siteRow(site: Site): readonly string[] {
  const planes = site.nodes.filter((node) => node.role === 'control-plane').length;
  const nodes = `${planes} control planes + ${site.nodes.length - planes} workers`;
  const workloads = site.workloads.map((each) =>
    each.kind === 'DaemonSet' ? each.name : `${each.name} × ${each.replicas}`,
  );
  return [site.name, site.role, `Kubernetes 1.${site.kubernetes.minor}`, nodes, workloads.join(', ')];
}

function loadRows({ plan }: Planned): readonly (readonly string[])[] {
  return plan.channels.map((channel) => [
    `${plan.service} by ${channel.name}`,
    `${formatCount(channel.rateRpsBase)}/s`,
    `peak ${formatCount(channel.rateRpsPeak)}/s`,
  ]);
}

function faultRows(scenario: Scenario, duds: readonly string[]): readonly (readonly string[])[] {
  return Object.entries(scenario.faults).map(([name, fault]) => [
    duds.includes(name) ? `${name} (dud)` : name,
    [...verbsOf(fault)].join(', '),
    `${fault.title}; ${undoText(fault)}`,
  ]);
}

function undoText(fault: Fault): string {
  return `whole when ${fault.undo.until.map(describeCondition).join(' and ')}, within ${formatDuration(fault.undo.limitMs)}`;
}

function limitRows(scenario: Scenario): readonly (readonly string[])[] {
  const stops = scenario.stopWhen.map((stop) => [
    `stop when ${stop.service}${stop.site === undefined ? '' : ` of ${stop.site}`}`,
    `succeeds in less than ${stop.successRatioMin * 100} % for ${formatDuration(stop.forMs)}`,
  ]);
  return [['story', `at most ${formatDuration(scenario.limitMs)} of platform time`], ...stops];
}

function placeText(each: { readonly file: string; readonly line?: number }): string {
  return each.line === undefined ? each.file : `${each.file}:${each.line}`;
}
