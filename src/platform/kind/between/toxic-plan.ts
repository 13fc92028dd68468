/** Which toxics make the topology's link, and which make it slower. Apart because it is pure. */
import type { Link } from '../../../domain/between-sites.ts';
import type { Listener, Toxic } from './toxiproxy.ts';

/** kB/s of one Mbit/s. */
const kilobytesPerMegabit = 125;

const streams = ['upstream', 'downstream'] as const;

/** The topology's own delay and bandwidth, both ways. */
export function linkToxics({ delayMs, bandwidthMbps }: Link): readonly Toxic[] {
  return streams.flatMap((stream) => [
    { name: `delay-${stream}`, type: 'latency', stream, attributes: { latency: Math.round(delayMs) } },
    {
      name: `rate-${stream}`,
      type: 'bandwidth',
      stream,
      attributes: { rate: Math.max(1, Math.round(bandwidthMbps * kilobytesPerMegabit)) },
    },
  ]);
}

/** What slows one direction on a listener to site `leadsTo`: what is sent towards that site goes upstream, what comes from it downstream. Its presence is the mark that we slowed it. */
export function slowToxic(leadsTo: string, to: string, delayMs: number): Toxic {
  const stream = leadsTo === to ? 'upstream' : 'downstream';
  return { name: `slow-${stream}`, type: 'latency', stream, attributes: { latency: Math.round(delayMs) } };
}

/** Delay of one direction as a listener's toxics add it up, ms. */
export function delayOf({ toxics }: Pick<Listener, 'toxics'>, stream: Toxic['stream']): number {
  return toxics
    .filter((toxic) => toxic.type === 'latency' && toxic.stream === stream)
    .reduce((sum, toxic) => sum + (toxic.attributes.latency ?? 0), 0);
}

/** The wanted toxics that a listener lacks, or has with other attributes. */
export function missingToxics({ toxics }: Pick<Listener, 'toxics'>, wanted: readonly Toxic[]): readonly Toxic[] {
  return wanted.filter((want) => {
    const have = toxics.find(({ name }) => name === want.name);
    return have === undefined || Object.entries(want.attributes).some(([key, value]) => have.attributes[key] !== value);
  });
}
