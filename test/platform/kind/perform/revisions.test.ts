/** Revisions of workloads, on objects as the API gives them. */
import { describe, expect, test } from 'vitest';
import {
  patchedTemplateBefore,
  releaseNote,
  releaseOf,
  templateBefore,
  templatePatch,
} from '../../../../src/platform/kind/perform/revisions.ts';

const set = (revision: number, image: string) => ({
  metadata: { annotations: { 'deployment.kubernetes.io/revision': String(revision) } },
  spec: {
    selector: {},
    template: {
      metadata: { labels: { app: 'orders', 'pod-template-hash': `h${revision}` } },
      spec: { containers: [{ name: 'orders', image }] },
    },
  },
});

describe('the revision before', () => {
  test('is the second newest by number, not by place or text', () => {
    const before = templateBefore([set(2, 'b'), set(10, 'd'), set(9, 'c'), set(1, 'a')]);
    expect(before?.spec?.containers[0]?.image).toBe('c');
  });

  test('comes without the label that its controller added', () => {
    expect(templateBefore([set(1, 'a'), set(2, 'b')])?.metadata?.labels).toEqual({ app: 'orders' });
  });

  test('is nothing for what was never released again', () => {
    expect(templateBefore([set(1, 'a')])).toBeUndefined();
    expect(patchedTemplateBefore([{ revision: 1, data: {} }])).toBeUndefined();
  });

  test('of what keeps its revisions as patches is read from the patch', () => {
    const revisions = [3, 1, 2].map((revision) => ({
      revision,
      data: { spec: { template: { $patch: 'replace', revision } } },
    }));
    expect(patchedTemplateBefore(revisions)).toEqual({ revision: 2 });
  });
});

describe('a release', () => {
  const template = {
    metadata: { annotations: { [releaseNote]: 'crash' } },
    spec: { containers: [{ name: 'orders', image: 'a:1' }] },
  };

  test('is read from a template and put back by a patch', () => {
    const was = releaseOf(template);
    expect(was).toEqual({ image: 'a:1', release: 'crash', by: undefined });
    expect(templatePatch('orders', was)).toEqual({
      template: {
        metadata: { annotations: { [releaseNote]: 'crash', 'elevenproof.dev/released-by': null } },
        spec: { containers: [{ name: 'orders', image: 'a:1' }] },
      },
    });
  });

  test('takes an annotation away that was not there before', () => {
    expect(templatePatch('orders', { image: undefined, release: undefined, by: undefined })).toMatchObject({
      template: { metadata: { annotations: { [releaseNote]: null } }, spec: { containers: [{ name: 'orders' }] } },
    });
  });
});
