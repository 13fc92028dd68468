import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deployment, documents, kind, pair, problemsAt, problemsOf, service } from './folder.ts';

const shipped = (file: string) => readFileSync(new URL(`../../../clusters/${file}`, import.meta.url), 'utf8');
const app = documents(shipped('order-desk/site/orders.yaml'), deployment('web'), service('web'));
const junk = fc.constantFrom(
  '[',
  '{',
  '5',
  '-1',
  'null',
  '"',
  ': ',
  '- ',
  '&a ',
  '*a',
  'true',
  '\u0000',
  '{{ x }}',
  '~',
  '1e999',
  '!!x ',
  '|',
  '9'.repeat(400),
);

/** A text with some of its lines replaced, cut or repeated. */
const garbled = (text: string) =>
  fc
    .array(fc.tuple(fc.nat(text.length), fc.nat(40), junk), { minLength: 1, maxLength: 3 })
    .map((cuts) => cuts.reduce((left, [at, length, word]) => left.slice(0, at) + word + left.slice(at + length), text));

test.each(['topology', 'kind', 'app'] as const)(
  'a garbled %s file is read or refused, and nothing else happens',
  async (part) => {
    const whole = {
      topology: shipped('dual-site/topology.yaml')
        .replaceAll('../order-desk/site', 'app.yaml')
        .replaceAll(/(east|west).kind.yaml/g, 'kind.yaml'),
      kind,
      app,
    };
    await fc.assert(
      fc.asyncProperty(garbled(whole[part]), async (text) => {
        for (const problem of await problemsOf(pair({ ...whole, [part]: text }))) expect(problem.message).not.toBe('');
      }),
      { numRuns: 30, seed: 7 },
    );
  },
);

test('any text as a set is applied or refused, and nothing else happens', async () => {
  const set = fc.oneof(
    fc.string(),
    garbled('*/Deployment/orders:spec.template.spec.containers[0].image=x'),
    garbled('east/kind:nodes[0]={"role":"worker"}'),
  );
  await fc.assert(
    fc.asyncProperty(set, async (text) => {
      await problemsAt('dual-site', { sets: [text] });
    }),
    { numRuns: 25, seed: 7 },
  );
});
