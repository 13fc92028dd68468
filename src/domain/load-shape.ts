/** Whether a load has the shape of one. Apart from the factories, which check what they are given: a scenario may also carry a load that was written by hand. */
import type { Problem } from '../base/errors.ts';

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Requests per second. A thousand times what has ever been published (583,000 orders per second); far above it sums over a day would lose single requests. */
export const rateRpsMax = 1e9;

const isRate = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= rateRpsMax;

/** What is wrong with a load; empty when it can be planned. */
export function checkLoadShape(load: unknown): readonly Problem[] {
  if (!isObject(load) || !isObject(load.channels))
    return [
      {
        message: 'expected `load` to have `channels`',
        hint: 'Write `load: constant({ rateRps: 100 })`, or another profile.',
      },
    ];
  const service = load.service === undefined || typeof load.service === 'string';
  return [
    ...(service ? [] : [{ message: 'expected `service` of the load to be a text' }]),
    ...Object.entries(load.channels).flatMap(([name, channel]) => checkChannel(`channel \`${name}\`: `, channel)),
  ];
}

function checkChannel(where: string, channel: unknown): readonly Problem[] {
  if (!isObject(channel) || !isObject(channel.profile))
    return [{ message: `${where}expected \`profile\`, \`rateRpsBase\` and \`rateRpsPeak\`` }];
  const { rateRpsBase: base, rateRpsPeak: peak, profile } = channel;
  const rates =
    isRate(base) && isRate(peak) && base <= peak
      ? []
      : [
          {
            message: `${where}expected a base rate of 0 or more and a peak rate of at least that and at most ${rateRpsMax}, in requests per second`,
          },
        ];
  return [...rates, ...checkPoints(`${where}profile: `, profile)];
}

function checkPoints(where: string, { name, points }: Loose): readonly Problem[] {
  if (typeof name !== 'string') return [{ message: `${where}expected \`name\` to be a text` }];
  const sound =
    Array.isArray(points) &&
    points.length > 0 &&
    points.every((point, i) => isPoint(point) && (i === 0 || point[0] >= points[i - 1][0]));
  return sound ? [] : [{ message: `${where}expected \`points\` of [second, level] in order of time` }];
}

function isPoint(point: unknown): point is readonly [number, number] {
  return Array.isArray(point) && point.length === 2 && Number.isFinite(point[0]) && isRate(point[1]);
}
