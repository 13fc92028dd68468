/** Factories of loads for scenarios: a shape of the catalogue, its size, its window. Apart from the shapes because sizes belong to the scenario and figures to their sources. */
import { strangeOptions } from '../base/argument-check.ts';
import { createProblemList, type ProblemList } from '../base/errors.ts';
import { refuse } from '../base/refusals.ts';
import { harmlessLoad, type Load, type Profile } from './load.ts';
import {
  diurnalShape,
  doubleElevenShape,
  jd618Shape,
  launchShape,
  type Shape,
  telecom517Shape,
} from './profiles/shapes.ts';
import { type ClockWindow, cutToWindow } from './profiles/window.ts';

export { type CsvOptions, csvProfile } from './profiles/csv-profile.ts';
export type { ClockWindow } from './profiles/window.ts';

/** The catalogue by name. `constant` and `csv` have no figures of their own and are made by {@link constant} and {@link csvProfile}. */
export const profiles: Readonly<Record<string, Profile>> = {
  'double-eleven': doubleElevenShape,
  '618': jd618Shape,
  launch: launchShape,
  'telecom-517': telecom517Shape,
  diurnal: diurnalShape,
  constant: { name: 'constant', source: 'none needed', points: [[0, 0]] },
};

/** Size and cut of a shape. */
export interface ShapeOptions {
  /** Requests per second at level 0 (≥ 0). */
  readonly rateRpsBase: number;
  /** Requests per second at level 1 (≥ base). Absent: the base times the factor of the shape's source. */
  readonly rateRpsPeak?: number;
  /** From and to on the clock; absent: one minute before the shape's great moment to four after it (diurnal: the whole day). */
  readonly window?: ClockWindow;
  /** Time runs this many times faster (> 0); 1 by default. */
  readonly compress?: number;
  /** Name of the channel, `shoppers` by default. */
  readonly channel?: string;
  /** Business service; absent: the topology's only one. */
  readonly service?: string;
}

/** Makes a load from sizes. Throws an InputError with every wrong field. */
export type LoadFactory = (options: ShapeOptions) => Load;

/** Pre-heat, dip, cliff at 00:00:00 within 1 s, decay, second wave. */
export const doubleEleven: LoadFactory = shaped(doubleElevenShape, ['23:59', '00:04']);
/** Instant peak at midnight, high plateau, then steady; ×10. */
export const jd618: LoadFactory = shaped(jd618Shape, ['23:59', '00:04']);
/** Everybody comes at 20:00 and the stock is gone after a minute; ×20. */
export const launch: LoadFactory = shaped(launchShape, ['19:59', '20:04']);
/** A partner's promotion at 10:00; ×126. */
export const telecom517: LoadFactory = shaped(telecom517Shape, ['09:59', '10:04']);
/** An ordinary day with its evening peak. */
export const diurnal: LoadFactory = shaped(diurnalShape, ['00:00', '24:00']);

const shapeOptions = ['rateRpsBase', 'rateRpsPeak', 'window', 'compress', 'channel', 'service'];

function shaped(shape: Shape, window: ClockWindow): LoadFactory {
  return (options) => {
    const problems = createProblemList();
    for (const strange of strangeOptions(`Load \`${shape.name}\``, options, shapeOptions)) problems.add(strange);
    const rateRpsPeak = options.rateRpsPeak ?? options.rateRpsBase * shape.peakOverBase;
    checkRate('rateRpsBase', options.rateRpsBase, problems);
    checkRate('rateRpsPeak', rateRpsPeak, problems);
    if (rateRpsPeak < options.rateRpsBase)
      problems.add({
        message: `Expected \`rateRpsPeak\` to be at least \`rateRpsBase\` (${options.rateRpsBase}), got \`${rateRpsPeak}\``,
      });
    const compress = options.compress ?? 1;
    if (!(compress > 0 && Number.isFinite(compress)))
      problems.add({ message: `Expected \`compress\` to be a positive factor, got \`${compress}\`` });
    const profile = cutToWindow(shape, options.window ?? window, compress, problems);
    if (refuse(problems.problems)) return harmlessLoad;
    return single(options, profile, options.rateRpsBase, rateRpsPeak);
  };
}

/** The same rate for ever. Throws an InputError for a negative one. */
export function constant(options: {
  readonly rateRps: number;
  readonly channel?: string;
  readonly service?: string;
}): Load {
  const problems = createProblemList();
  for (const strange of strangeOptions('Load `constant`', options, ['rateRps', 'channel', 'service']))
    problems.add(strange);
  checkRate('rateRps', options.rateRps, problems);
  if (refuse(problems.problems)) return harmlessLoad;
  return single(options, profiles.constant!, options.rateRps, options.rateRps);
}

/** Several loads as one: each must have a single channel, which takes the name given here; services may not differ. Throws an InputError otherwise. */
export function channels(loads: Readonly<Record<string, Load>>): Load {
  const problems = createProblemList();
  const entries = Object.entries(loads);
  if (entries.length === 0) problems.add({ message: 'Expected at least one channel, got none' });
  for (const [name, load] of entries)
    if (Object.keys(load.channels).length !== 1)
      problems.add({
        message: `Expected the load of \`${name}\` to have one channel, got ${Object.keys(load.channels).join(', ')}`,
      });
  const services = [...new Set(entries.flatMap(([, load]) => (load.service === undefined ? [] : [load.service])))];
  if (services.length > 1)
    problems.add({ message: `Expected one service for all channels, got ${services.join(', ')}` });
  if (refuse(problems.problems)) return harmlessLoad;
  const merged = Object.fromEntries(entries.map(([name, load]) => [name, Object.values(load.channels)[0]!]));
  return services[0] === undefined ? { channels: merged } : { service: services[0], channels: merged };
}

function single(
  options: { readonly channel?: string; readonly service?: string },
  profile: Profile,
  rateRpsBase: number,
  rateRpsPeak: number,
): Load {
  const byName = { [options.channel ?? 'shoppers']: { profile, rateRpsBase, rateRpsPeak } };
  return options.service === undefined ? { channels: byName } : { service: options.service, channels: byName };
}

function checkRate(name: string, rate: number, problems: ProblemList): void {
  if (!(rate >= 0 && Number.isFinite(rate)))
    problems.add({ message: `Expected \`${name}\` to be 0 or more requests per second, got \`${rate}\`` });
}
