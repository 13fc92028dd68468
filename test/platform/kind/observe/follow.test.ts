/** Lists and watches over a session that answers as written here. */
import { describe, expect, test } from 'vitest';
import type { ApiSession } from '../../../../src/platform/kind/observe/api-session.ts';
import { follow } from '../../../../src/platform/kind/observe/follow.ts';
import type { ApiObject } from '../../../../src/platform/kind/observe/objects.ts';

const object = (name: string, resourceVersion: string): ApiObject => ({ metadata: { name, resourceVersion } });
const event = (type: string, name: string, version: string) => ({ type, object: object(name, version) });

/** A server that gives these lists and watches in turn and is lost when they are used up; with everything asked and told as text. */
function play(lists: readonly (readonly ApiObject[])[], watches: readonly (readonly object[])[]) {
  const log: string[] = [];
  const listsLeft = [...lists];
  const watchesLeft = [...watches];
  const lost = new Error('lost');
  const session: ApiSession = {
    lost: new Promise(() => {}),
    get: async (path) => {
      const items = listsLeft.shift();
      if (items === undefined) throw lost;
      log.push(`list ${path}`);
      return { items, metadata: { resourceVersion: `${100 * (lists.length - listsLeft.length)}` } };
    },
    lines: async (path, onLine) => {
      const lines = watchesLeft.shift();
      if (lines === undefined) throw lost;
      log.push(`watch from ${/resourceVersion=(\d+)/.exec(path)?.[1]}`);
      for (const line of lines) onLine(line);
    },
    close: () => {},
  };
  const names = (objects: readonly ApiObject[]) => objects.map(({ metadata }) => metadata.name).join();
  const sink = {
    replace: (objects: readonly ApiObject[]) => log.push(`replace ${names(objects)}`),
    put: (one: ApiObject) => log.push(`put ${one.metadata.name}`),
    remove: (one: ApiObject) => log.push(`remove ${one.metadata.name}`),
  };
  const followed = follow(session, '/api/v1/pods', sink).catch((cause: unknown) => cause);
  return { log, lost, followed };
}

describe('following a kind', () => {
  test('lists once, hands on changes, and watches on from the last version when the server ends a watch', async () => {
    const watch = [
      event('ADDED', 'b', '101'),
      event('MODIFIED', 'a', '103'),
      event('DELETED', 'b', '104'),
      event('BOOKMARK', '', '120'),
    ];
    const { log, lost, followed } = play([[object('a', '90')]], [watch, []]);
    expect(await followed).toBe(lost);
    expect(log).toEqual([
      'list /api/v1/pods',
      'replace a',
      'watch from 100',
      'put b',
      'put a',
      'remove b',
      'watch from 120',
    ]);
  });

  test('lists anew when the version has expired', async () => {
    const expired = [{ type: 'ERROR', object: { ...object('', ''), code: 410 } }];
    const { log, followed } = play([[object('a', '90')], [object('c', '190')]], [expired]);
    await followed;
    expect(log).toEqual(['list /api/v1/pods', 'replace a', 'watch from 100', 'list /api/v1/pods', 'replace c']);
  });

  test('ends with any other error of the watch', async () => {
    const { followed } = play(
      [[]],
      [[{ type: 'ERROR', object: { ...object('', ''), code: 500, message: 'etcd went away' } }]],
    );
    expect(await followed).toEqual(new Error('etcd went away'));
  });
});
