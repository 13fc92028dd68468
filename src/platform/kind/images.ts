/** Which images are really used where an image's upstream name stands: one environment variable replaces names, for registries of one's own. Apart because everything that starts a container asks it. */
import { InputError } from '../../base/errors.ts';

/** Name of the environment variable: `from=to`, several with commas. */
export const imagesVariable = 'ELEVENPROOF_IMAGES';

/** Replaces an image's name by what the user put in its place. */
export type ImageOf = (upstream: string) => string;

/** Reads `haproxy:3.0=registry.example/haproxy:3.0,postgres:17=...`. An image that is not named keeps its name. Throws an InputError for what is no pair. */
export function parseImages(text = ''): ImageOf {
  const pairs = text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '');
  const names = new Map(pairs.map(parsePair));
  return (upstream) => names.get(upstream) ?? upstream;
}

function parsePair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  if (at > 0 && at < pair.length - 1) return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  throw new InputError(
    `Expected ${imagesVariable} to be pairs such as \`haproxy:3.0=my.registry/haproxy:3.0\`, got \`${pair}\``,
  );
}
