/** The `elevenproof.dev/...` annotations: what a manifest cannot say, with defaults. Apart because one table of names serves reading and "did you mean". */
import { knownWords } from '../../base/errors.ts';
import { locate } from '../../base/yaml.ts';
import type { Behaviour, Breaker, CallPolicy } from '../../domain/topology.ts';
import { createField, describe, type Field, type NumberBounds } from './field.ts';

const prefix = 'elevenproof.dev/';

/** Names on workloads or their pod templates. */
export const workloadAnnotations = [
  'service-time-ms',
  'service-time-p99-ms',
  'concurrency',
  'queue',
  'startup-ms',
  'image-pull-ms',
  'cpu-ms',
  'calls',
  'database',
  'release',
] as const;
/** Names on Services. */
export const serviceAnnotations = [
  'serves',
  'balance',
  'timeout-ms',
  'retries',
  'retry-budget-ratio',
  'breaker',
  'rate-limit',
] as const;

/** The annotations of an object, by name without the prefix; later places win. */
export interface Annotations {
  text(name: string): string | undefined;
  number(name: string, fallback: number, bounds: NumberBounds): number;
  /** The field of an annotation, for complaints. */
  field(name: string): Field;
}

/** Reads the annotations of one or more metadata (the last wins) and refuses unknown names. */
export function readAnnotations(metadata: readonly Field[], known: readonly string[]): Annotations {
  const fields = new Map<string, Field>();
  for (const one of metadata)
    for (const [key, value] of one.get('annotations').entries()) {
      if (!key.startsWith(prefix)) continue;
      const name = key.slice(prefix.length);
      if (known.includes(name)) fields.set(name, value);
      else value.complain(`Expected a known annotation, got \`${key}\``, knownWords('Annotations here', name, known));
    }
  const field = (name: string) =>
    fields.get(name) ?? createField(undefined, `${prefix}${name}`, metadata[0]?.place ?? {}, metadata[0]!.problems);
  const text = (name: string) => field(name).text();
  return { field, text, number: (name, fallback, bounds) => parseNumber(field(name), bounds) ?? fallback };
}

/** Annotations are texts, so their numbers are too. */
function parseNumber(field: Field, bounds: NumberBounds): number | undefined {
  const text = field.text();
  if (text === undefined) return undefined;
  if (text.trim() === '' || Number.isNaN(Number(text))) {
    field.complain(`Expected \`${field.path}\` to be ${describe(bounds)}, got \`${text}\``);
    return undefined;
  }
  return createField(locate(Number(text), field.place), field.path, field.place, field.problems).number(bounds);
}

/** A workload's behaviour. */
export function readBehaviour(annotations: Annotations, image: string): Behaviour {
  const serviceTimeMs = annotations.number('service-time-ms', 20, { above: 0, unit: 'ms' });
  const concurrency = annotations.number('concurrency', 10, { min: 1, integer: true });
  const serviceTimeP99Ms = annotations.number('service-time-p99-ms', 3 * serviceTimeMs, { above: 0, unit: 'ms' });
  if (serviceTimeP99Ms < serviceTimeMs)
    annotations
      .field('service-time-p99-ms')
      .complain(
        `Expected \`service-time-p99-ms\` to be at least the median ${serviceTimeMs} ms, got ${serviceTimeP99Ms}`,
      );
  const database = annotations.text('database');
  return {
    serviceTimeMs,
    serviceTimeP99Ms,
    concurrency,
    queueMax: annotations.number('queue', 10 * concurrency, { min: 0, integer: true }),
    startupMs: annotations.number('startup-ms', 1500, { min: 0, integer: true, unit: 'ms' }),
    imagePullMs: annotations.number('image-pull-ms', 0, { min: 0, integer: true, unit: 'ms' }),
    cpuMsPerRequest: annotations.number('cpu-ms', 1, { min: 0, unit: 'CPU ms' }),
    calls: words(annotations.text('calls')),
    ...(database === undefined ? {} : { database }),
    release: readRelease(annotations.field('release'), image),
  };
}

function words(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** The annotation, else the image's tag: `bad-crash`, `bad-never-ready`, and any other `bad` means errors. */
function readRelease(field: Field, image: string): Behaviour['release'] {
  const said = field.oneOf(['good', 'bad', 'errors', 'never-ready', 'crash'] as const);
  if (said !== undefined) return said === 'bad' ? 'errors' : said;
  const tag = /:([\w.-]+)(?:@|$)/.exec(image)?.[1] ?? '';
  if (!tag.includes('bad')) return 'good';
  if (tag.includes('crash')) return 'crash';
  return tag.includes('never-ready') ? 'never-ready' : 'errors';
}

/** How a Service is called. */
export function readCallPolicy(annotations: Annotations): CallPolicy {
  const breaker = readBreaker(annotations.field('breaker'));
  const budget = annotations.field('retry-budget-ratio').present
    ? annotations.number('retry-budget-ratio', 0, { min: 0, max: 1 })
    : undefined;
  return {
    balance:
      annotations
        .field('balance')
        .oneOf(['round-robin', 'least-requests', 'weighted-response-time', 'random'] as const) ?? 'round-robin',
    timeoutMs: annotations.number('timeout-ms', 1000, { above: 0, integer: true, unit: 'ms' }),
    retries: annotations.number('retries', 0, { min: 0, integer: true }),
    ...(budget === undefined ? {} : { retryBudgetRatio: budget }),
    ...(breaker === undefined ? {} : { breaker }),
    rateLimitRps: readNumbers(annotations.field('rate-limit'), { min: 0, unit: 'requests per second' }),
  };
}

const breakerParts = ['errors', 'volume', 'window-ms', 'sleep-ms'];

/** `errors=0.5,volume=20,window-ms=10000,sleep-ms=5000`; a part that is left out has the value shown here (Hystrix's defaults). */
function readBreaker(field: Field): Breaker | undefined {
  if (!field.present) return undefined;
  const parts = readNumbers(field, { above: 0 });
  for (const key of Object.keys(parts))
    if (!breakerParts.includes(key))
      field.complain(`Expected a part of \`breaker\`, got \`${key}\``, knownWords('Parts', key, breakerParts));
  if ((parts.errors ?? 0) > 1) field.complain('Expected `errors` of `breaker` to be a ratio of at most 1');
  return {
    errorRatioMin: parts.errors ?? 0.5,
    volumeMin: parts.volume ?? 20,
    windowMs: parts['window-ms'] ?? 10_000,
    sleepMs: parts['sleep-ms'] ?? 5_000,
  };
}

/** `name=number,name=number`. */
function readNumbers(field: Field, bounds: NumberBounds): Record<string, number> {
  const out: Record<string, number> = {};
  for (const word of words(field.text())) {
    const [key = '', value] = word.split('=').map((part) => part.trim());
    if (value === undefined || key === '') {
      field.complain(`Expected \`${field.path}\` to be pairs such as name=5, got \`${word}\``);
      continue;
    }
    const number = parseNumber(
      createField(locate(value, field.place), field.path, field.place, field.problems),
      bounds,
    );
    if (number !== undefined) out[key] = number;
  }
  return out;
}
