/** Colours of the console. Apart so that one switch turns all of them off. */
import picocolors from 'picocolors';
import type { Standing } from '../../domain/objective.ts';
import type { Tone } from './lines.ts';

/** Paints text, or leaves it alone. */
export interface Colours {
  readonly tone: (tone: Tone, text: string) => string;
  readonly standing: (standing: Standing, text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** Colours that paint when `on`. */
export function createColours(on: boolean): Colours {
  const paint = picocolors.createColors(on);
  const tones = { plain: (text: string) => text, good: paint.green, warn: paint.yellow, bad: paint.red };
  const standings = { met: paint.green, missed: paint.red, unknown: paint.yellow };
  return {
    tone: (tone, text) => tones[tone](text),
    standing: (standing, text) => standings[standing](text),
    strong: paint.bold,
    faint: paint.dim,
  };
}
