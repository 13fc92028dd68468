/** The whole product on real clusters, once: provision, deploy, load, three faults, audit, teardown. Apart from the other tests because it needs Docker, kind and k6, and minutes. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runScenario } from '../../src/compose/run-scenario.ts';
import { whatIsMissing } from './real-clusters.ts';
import { smokeScenario } from './smoke-scenario.ts';

const missing = await whatIsMissing();
if (missing !== undefined) console.log(`Real clusters: skipped, ${missing}`);

test.skipIf(missing !== undefined)(
  'on two real clusters three faults land, are healed, and every order is accounted for',
  async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'elevenproof-smoke-')), 'run');
    const { record } = await runScenario({
      scenario: smokeScenario,
      platform: 'kind',
      seed: '1',
      out,
      onStep: (text: string) => console.log(text),
    });
    const verdicts = Object.fromEntries(record.verdicts.map(({ objective, standing }) => [objective, standing]));
    console.log(
      record.verdicts.map((v) => `${v.standing} ${v.objective}: ${v.received}`).join('\n'),
      record.because ?? '',
    );
    expect(record.how).toBe('complete');
    expect(record.unreverted).toEqual([]);
    expect(verdicts).toMatchObject({ story: 'met', 'no lost orders': 'met', 'no duplicated orders': 'met' });
  },
);
