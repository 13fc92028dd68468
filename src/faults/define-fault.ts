/** The one door through which every fault comes: checks the arguments that all factories share, by name, so that no factory can forget one. */
import { type Check, checkArguments } from '../base/argument-check.ts';
import { didYouMean } from '../base/errors.ts';
import { components, type Pick } from '../domain/action.ts';
import type { Fault } from '../domain/fault.ts';

const picks = ['leader', 'one', 'others', 'minority', 'majority', 'all'];
const texts = ['site', 'workload', 'from', 'to', 'peer', 'hosting', 'replication', 'image'];

/** Gives the fault back. `known`: names of the options that its factory takes. Throws an InputError with everything that is wrong with the options it was made from. */
export function defineFault(options: object, known: readonly string[], fault: Fault): Fault {
  const check = checkArguments(`Fault \`${fault.kind}\``).only(options, known);
  for (const [name, value] of Object.entries(options)) checkOption(check, name, value);
  for (const { target } of fault.actions) {
    if ('site' in target) check.that(typeof target.site === 'string', '`site`, got nothing');
    if ('workload' in target) check.that(typeof target.workload === 'string', '`workload`, got nothing');
  }
  check.done();
  return fault;
}

function checkOption(check: Check, name: string, value: unknown): void {
  if (texts.includes(name))
    check.that(
      value === undefined || (typeof value === 'string' && value.trim() !== ''),
      `\`${name}\` to be a name, got \`${value}\``,
    );
  if (name.endsWith('Ms')) check.ms(name, value as number);
  if (name === 'lossRatio') check.ratio(name, value as number);
  if (name === 'factor') check.that(isAbove(value, 0), `\`factor\` to be above 0, got \`${value}\``);
  if (name === 'replicas')
    check.that(
      Number.isInteger(value) && isAbove(value, 0),
      `\`replicas\` to be a whole number above 0, got \`${value}\``,
    );
  if (name === 'component') checkComponent(check, value);
  if (name === 'member')
    check.that(
      isPick(value),
      `\`member\` to be ${picks.join(', ')}, { name } or { count }, got \`${JSON.stringify(value)}\``,
    );
  if (name === 'weights')
    check.that(
      isWeights(value),
      `\`weights\` to give each site a number, 0 or more, and one of them more, got \`${JSON.stringify(value)}\``,
    );
}

function checkComponent(check: Check, value: unknown): void {
  const near = didYouMean(String(value), components);
  check.that(
    (components as readonly unknown[]).includes(value),
    `\`component\` to be one of ${components.join(', ')}, got \`${value}\`${near === undefined ? '' : `. ${near}`}`,
  );
}

const isAbove = (value: unknown, bound: number) => typeof value === 'number' && value > bound && Number.isFinite(value);

function isPick(value: unknown): value is Pick {
  if (typeof value === 'string') return picks.includes(value);
  if (typeof value !== 'object' || value === null) return value === undefined;
  if ('name' in value) return typeof value.name === 'string' && value.name !== '';
  return 'count' in value && Number.isInteger(value.count) && isAbove(value.count, 0);
}

function isWeights(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const weights: readonly unknown[] = Object.values(value);
  return weights.every((weight) => weight === 0 || isAbove(weight, 0)) && weights.some((weight) => isAbove(weight, 0));
}
