/** Verdicts as JUnit XML, which every CI reads: one suite per run, one case per objective. Written to hold against the schemas of Ant and of Jenkins at once. */
import type { XMLElement } from 'xmlbuilder';
import type { Verdict } from '../domain/objective.ts';
import type { RunRecord } from '../domain/record.ts';
import { plainLines, plainText } from './plain-text.ts';

/** A run of a batch that never began. */
export interface NotBegun {
  readonly scenario: string;
  readonly seed?: string;
  /** Wall clock, ISO 8601 in UTC. */
  readonly at: string;
  /** Lines. */
  readonly because: string;
}

interface Case {
  readonly name: string;
  /** Platform time that was judged, ms; 0: there was nothing to judge. */
  readonly platformMs: number;
  readonly result?: { readonly is: 'failure' | 'error' | 'skipped'; readonly type: string; readonly message: string };
  /** What `result` says in lines. */
  readonly lines?: readonly string[];
}

interface Suite {
  readonly scenario: string;
  readonly seed: string | undefined;
  readonly startedAt: string;
  readonly platformMs: number;
  readonly properties: readonly (readonly [name: string, value: string])[];
  readonly cases: readonly Case[];
}

/** JUnit XML of runs and of those that never began. Missed is a failure; unknown is an error, because unknown never passes, unless faults were off on purpose: then it is skipped. All times are platform seconds. Figures are properties of the suite, since neither schema lets a case have any. */
export async function junitXml(records: readonly RunRecord[], notBegun: readonly NotBegun[] = []): Promise<string> {
  const { create } = await import('xmlbuilder');
  const root = create('testsuites', { encoding: 'UTF-8', invalidCharReplacement: '' });
  const suites = [...records.map(suiteOf), ...notBegun.map(unbegunSuite)];
  for (const [id, suite] of suites.entries()) {
    const several = suites.filter(({ scenario }) => scenario === suite.scenario).length > 1;
    const seed = several && suite.seed !== undefined ? ` seed ${suite.seed}` : '';
    addSuite(root, suite, id, plainText(suite.scenario + seed));
  }
  return root.end({ pretty: true });
}

function addSuite(root: XMLElement, suite: Suite, id: number, name: string): void {
  const count = (is: string) => suite.cases.filter(({ result }) => result?.is === is).length;
  const element = root.ele('testsuite', {
    name,
    package: 'elevenproof',
    id,
    timestamp: suite.startedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
    hostname: 'localhost',
    tests: suite.cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds(suite.platformMs),
  });
  const properties = element.ele('properties');
  for (const [key, value] of suite.properties)
    properties.ele('property', { name: plainText(key), value: plainText(value) });
  for (const each of suite.cases) addCase(element, each, name);
  element.ele('system-out');
  element.ele('system-err');
}

function addCase(suite: XMLElement, { name, platformMs, result, lines = [] }: Case, classname: string): void {
  const element = suite.ele('testcase', { name: plainText(name), classname, time: seconds(platformMs) });
  if (result === undefined) return;
  element
    .ele(result.is, { message: plainText(result.message), type: result.type })
    .txt(plainLines(lines.filter((line) => line !== '').join('\n')));
}

/** Plain decimals, to the millisecond. */
const seconds = (ms: number) => String(Math.round(ms) / 1_000);

function suiteOf(record: RunRecord): Suite {
  const { scenario, times, seed, platform, topology, runId, repeat } = record;
  const figures = record.verdicts.flatMap(({ objective, figures }) =>
    Object.entries(figures).map(([figure, value]) => [`${objective}: ${figure}`, String(value)] as const),
  );
  return {
    scenario: scenario.name,
    seed,
    startedAt: times.startedAt,
    platformMs: times.platformMs,
    properties: [
      ['seed', seed],
      ['platform', platform.name],
      ['topology', topology.name],
      ['runId', runId],
      ['repeat', repeat],
      ['platformMs', String(times.platformMs)],
      ['wallMs', String(times.wallMs)],
      ...figures,
    ],
    cases: [...record.verdicts.map((verdict) => caseOf(record, verdict)), ...brokenRun(record)],
  };
}

function caseOf(record: RunRecord, verdict: Verdict): Case {
  const { objective: name, standing, expected, received, because, window } = verdict;
  const platformMs = window === undefined ? 0 : window.toMs - window.fromMs;
  if (standing === 'met') return { name, platformMs };
  const unknown = record.options.faultsInjected ? 'error' : 'skipped';
  const reasons = [
    `expected: ${expected}`,
    `received: ${received}`,
    ...(because === '' ? [] : [`because: ${because}`]),
  ];
  return {
    name,
    platformMs,
    result: { is: standing === 'missed' ? 'failure' : unknown, type: standing, message: reasons.join(' / ') },
    lines: [...reasons.map(plainText), `repeat: ${record.repeat}`],
  };
}

/** A run that did not come to its end, or left something broken, is an error whatever its verdicts are. */
function brokenRun(record: RunRecord): readonly Case[] {
  const { how, because = '', unreverted, repeat, times } = record;
  const left = unreverted.map(({ fault, missing }) => `left unreverted: ${fault} (${missing.join(', ')})`);
  const said = [...(how === 'complete' ? [] : [`${how}${because === '' ? '' : `: ${because}`}`]), ...left];
  if (said.length === 0) return [];
  const result = { is: 'error', type: how === 'complete' ? 'unreverted' : how, message: said.join(' / ') } as const;
  return [{ name: 'run', platformMs: times.platformMs, result, lines: [...said.map(plainText), `repeat: ${repeat}`] }];
}

function unbegunSuite({ scenario, seed, at, because }: NotBegun): Suite {
  const lines = because.trimEnd().split('\n');
  const result = { is: 'error', type: 'not begun', message: lines[0] ?? '' } as const;
  return {
    scenario,
    seed,
    startedAt: at,
    platformMs: 0,
    properties: seed === undefined ? [] : [['seed', seed]],
    cases: [{ name: 'run', platformMs: 0, result, lines }],
  };
}
