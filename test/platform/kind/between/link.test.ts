/** The link's toxics and looks, on literals. */
import { describe, expect, test } from 'vitest';
import { parseLook, probeProgram } from '../../../../src/platform/kind/between/link-probe.ts';
import { createDirection } from '../../../../src/platform/kind/between/observe-link.ts';
import { delayOf, linkToxics, missingToxics, slowToxic } from '../../../../src/platform/kind/between/toxic-plan.ts';

const link = { delayMs: 20, bandwidthMbps: 200 };

describe('toxics', () => {
  test('the topology’s delay is added each way, and its bandwidth in kB/s', () => {
    expect(linkToxics(link).map(({ name, attributes }) => [name, attributes])).toEqual([
      ['delay-upstream', { latency: 20 }],
      ['rate-upstream', { rate: 25_000 }],
      ['delay-downstream', { latency: 20 }],
      ['rate-downstream', { rate: 25_000 }],
    ]);
  });

  test('what goes to the site that a listener leads to is upstream, what comes from it downstream', () => {
    expect(slowToxic('west', 'west', 300)).toMatchObject({ name: 'slow-upstream', stream: 'upstream' });
    expect(slowToxic('west', 'east', 300)).toMatchObject({ name: 'slow-downstream', stream: 'downstream' });
  });

  test('a slow direction takes its own delay and ours', () => {
    const toxics = [...linkToxics(link), slowToxic('west', 'west', 300)];
    expect([delayOf({ toxics }, 'upstream'), delayOf({ toxics }, 'downstream')]).toEqual([320, 20]);
  });

  test('only what is lacking or different is put right; what we added is left alone', () => {
    const there = [...linkToxics(link), slowToxic('west', 'west', 300)];
    expect(missingToxics({ toxics: there }, linkToxics(link))).toEqual([]);
    const wrong = there.map((toxic) =>
      toxic.name === 'delay-upstream' ? { ...toxic, attributes: { latency: 0 } } : toxic,
    );
    expect(missingToxics({ toxics: wrong.slice(0, -2) }, linkToxics(link)).map(({ name }) => name)).toEqual([
      'delay-upstream',
      'rate-downstream',
    ]);
  });
});

describe('looks through the link', () => {
  test('are read with the node’s own clock', () => {
    expect(parseLook('+ 1795599250.358123')).toEqual({ passes: true, atMs: 1_795_599_250_358 });
    expect(parseLook('- 1795599250,358123')).toEqual({ passes: false, atMs: 1_795_599_250_358 });
    expect(parseLook('bash: no')).toBeUndefined();
  });

  test('one failure is no cut, two are, from the moment after the last answer', () => {
    const direction = createDirection();
    direction.take({ passes: true, atMs: 1_000 });
    direction.take({ passes: false, atMs: 1_400 });
    expect(direction.up).toEqual({ value: true, sinceMs: 1_000 });
    direction.take({ passes: false, atMs: 1_850 });
    expect(direction.up).toEqual({ value: false, sinceMs: 1_100 });
    direction.take({ passes: true, atMs: 2_300 });
    expect(direction.up).toEqual({ value: true, sinceMs: 2_300 });
  });

  test('the program is plain shell: nothing of the template is left in it', () => {
    expect(probeProgram).toMatch(/length=[$][{]line#[*]: [}]/);
    expect(probeProgram).not.toContain('\\{');
  });
});
