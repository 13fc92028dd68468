/** Lists one kind of object and follows its changes over a session. Apart because what a list and a watch mean together (versions, bookmarks, an expired version) is the same for every kind. */
import type { ApiSession } from './api-session.ts';
import type { ApiObject } from './objects.ts';

/** Where objects go. */
export interface Sink {
  /** All that there is. */
  replace(objects: readonly ApiObject[]): void;
  put(object: ApiObject): void;
  remove(object: ApiObject): void;
}

/** A watch that ends sooner than this is not asked again at once, ms. */
const restMs = 250;

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: ApiObject & { readonly code?: number; readonly message?: string };
}

/** Follows for as long as the session lives; always rejects in the end. */
export async function follow(session: ApiSession, path: string, sink: Sink): Promise<never> {
  let version: string | undefined;
  for (;;) {
    if (version === undefined) {
      const list = (await session.get(path)) as { items?: ApiObject[]; metadata: { resourceVersion?: string } };
      sink.replace(list.items ?? []);
      version = list.metadata.resourceVersion ?? '';
    }
    const startedMs = performance.now();
    version = await watch(session, path, version, sink);
    if (performance.now() - startedMs < restMs) await new Promise((resolve) => setTimeout(resolve, restMs));
  }
}

/** Watches from a version on; gives the version reached, or undefined when it is too old and the list has to be read again. */
async function watch(session: ApiSession, path: string, from: string, sink: Sink): Promise<string | undefined> {
  const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${from}`;
  let version: string | undefined = from;
  let failure: Error | undefined;
  await session.lines(`${path}${path.includes('?') ? '&' : '?'}${query}`, (line) => {
    const { type, object } = line as WatchEvent;
    if (type === 'ERROR') {
      if (object.code === 410) version = undefined;
      else failure = new Error(object.message ?? 'the watch failed');
      return;
    }
    version = object.metadata.resourceVersion ?? version;
    if (type === 'DELETED') sink.remove(object);
    else if (type !== 'BOOKMARK') sink.put(object);
  });
  if (failure !== undefined) throw failure;
  return version;
}
