/** Keeps one site's objects as its API tells them, whatever happens to the servers: connects, lists, watches, and begins again elsewhere when a server is gone, frozen or tells of the past. */
import type { SecureContext } from 'node:tls';
import type { Ms } from '../../../base/clock.ts';
import { type ApiSession, openApiSession } from './api-session.ts';
import {
  type ClusterState,
  createClusterState,
  type KindOf,
  keyOf,
  kinds,
  paths,
  type WritableState,
} from './cluster-state.ts';
import { follow, type Sink } from './follow.ts';
import type { Freshness } from './freshness.ts';
import type { ApiObject } from './objects.ts';

/** Wait before connecting again, ms: doubled up to the longest while it fails. */
const backOffMs = { least: 100, most: 1_000 } as const;
/** How often freshness is looked at, ms. */
const lookMs = 250;

/** Who hears what informers bring. */
export interface InformerEvents {
  /** Everything was listed anew; from here on single changes follow. */
  onListed(state: ClusterState): void;
  onChange(kind: KindOf, object: ApiObject, state: ClusterState): void;
}

/** What informers run on. */
export interface InformerOptions {
  readonly address: string;
  readonly secureContext: SecureContext;
  readonly freshness: Freshness;
  readonly now: () => Ms;
  readonly signal: AbortSignal;
}

/** Informs until the signal is aborted. Resolves then; never rejects. */
export async function inform(options: InformerOptions, events: InformerEvents): Promise<void> {
  const { address, secureContext, signal } = options;
  const state = createClusterState();
  let waitMs: Ms = backOffMs.least;
  while (!signal.aborted) {
    let listed = false;
    const session = await openApiSession(address, secureContext).catch(() => undefined);
    if (session !== undefined && !signal.aborted) {
      const onListed = () => {
        listed = true;
        events.onListed(state);
      };
      await informBy(session, state, options, { ...events, onListed }).catch(() => {});
    }
    session?.close();
    waitMs = listed ? backOffMs.least : Math.min(waitMs * 2, backOffMs.most);
    if (!signal.aborted) await rest(waitMs, signal);
  }
}

/** Informs over one session; always rejects in the end. */
async function informBy(
  session: ApiSession,
  state: WritableState,
  { freshness, now, signal }: InformerOptions,
  { onListed, onChange }: InformerEvents,
): Promise<never> {
  const missing = new Set<KindOf>(kinds);
  const listed = (kind: KindOf) => {
    const first = missing.delete(kind);
    if (first && missing.size === 0) onListed(state);
    return first;
  };
  const changed = (kind: KindOf, object: ApiObject) => {
    if (missing.size === 0) onChange(kind, object, state);
  };
  let fail: (cause: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const abort = () => fail(new Error('stopped'));
  signal.addEventListener('abort', abort, { once: true });
  const timer = setInterval(() => {
    if (missing.size === 0 && freshness.isStale(now())) fail(new Error('the server tells of the past'));
  }, lookMs);
  try {
    const follows = kinds.map((kind) => follow(session, paths[kind], sinkOf(kind, state, listed, changed)));
    for (const each of follows) each.catch(() => {});
    return await Promise.race([...follows, session.lost, ended]);
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', abort);
  }
}

function sinkOf(
  kind: KindOf,
  state: WritableState,
  listed: (kind: KindOf) => boolean,
  changed: (kind: KindOf, object: ApiObject) => void,
): Sink {
  const objects: Map<string, ApiObject> = state[kind];
  return {
    replace: (all) => {
      const now = new Map(all.map((object) => [keyOf(object), object]));
      const before = [...objects];
      objects.clear();
      for (const [key, object] of now) objects.set(key, object);
      if (listed(kind)) return;
      for (const [key, object] of before) if (!now.has(key)) changed(kind, object);
      for (const object of now.values()) changed(kind, object);
    },
    put: (object) => {
      objects.set(keyOf(object), object);
      changed(kind, object);
    },
    remove: (object) => {
      objects.delete(keyOf(object));
      changed(kind, object);
    },
  };
}

function rest(ms: Ms, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
