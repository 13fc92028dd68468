/** How many seeds the catalogue is tried with. Apart because every test over seeds obeys the one setting: few on every change, all of them at night. */

/** All seeds that the catalogue answers for: 1 to c8, hexadecimal. */
export const seedsAll = 200;

const seedsByDefault = 5;

/** Number of seeds, from the environment: `ELEVENPROOF_SEEDS=200` tries all of them. 1 to 200, by default 5. */
export const seedCount = readCount(process.env.ELEVENPROOF_SEEDS);

/** Whether the long form of every test is wanted. */
export const isNightly = seedCount === seedsAll;

function readCount(text: string | undefined): number {
  if (text === undefined || text === '') return seedsByDefault;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= seedsAll) return count;
  throw new RangeError(`Expected ELEVENPROOF_SEEDS to be 1 to ${seedsAll}, got \`${text}\``);
}

/** `count` seeds spread evenly over 1 to c8, first and last among them. */
export function seedsOf(count: number): readonly string[] {
  if (count === 1) return ['1'];
  return Array.from({ length: count }, (_, i) => (1 + Math.floor((i * (seedsAll - 1)) / (count - 1))).toString(16));
}
