/** The prober of one site's API: a write and a read ten times a second through its load balancer, each on a fresh connection, told as traffic of `api.write` and `api.read`. */
import { Agent } from 'node:https';
import type { SecureContext } from 'node:tls';
import type { Clock, Ms } from '../../../base/clock.ts';
import type { Publish, Stop } from '../../../domain/event.ts';
import { apiPort, apiServerName } from './api-target.ts';
import { call } from './call.ts';
import { mark } from './cluster-state.ts';
import { every } from './every.ts';
import { type Ended, outcomeOf } from './probe-outcome.ts';
import { createSlots, type Slots, slotMs } from './slots.ts';
import { createWritableFold } from './writable.ts';

/** A try that has not ended by then is given up, ms. It must stay below the second that streaming folds wait for a site. */
const tryMsMax = 900;
/** How long after trouble slots are told one by one, ms. */
const restlessMs = 3_000;

/** Trouble anywhere makes the probers of every site tell finely, so that none holds up the folds over all. */
export interface Restlessness {
  lastMs: Ms;
}

/** What a prober runs on. */
export interface ProberOptions {
  readonly clock: Clock;
  readonly site: string;
  readonly address: string;
  readonly secureContext: SecureContext;
  readonly labels: Readonly<Record<string, string>>;
  readonly restlessness: Restlessness;
  /** Place of this prober within the period, ms. */
  readonly phaseMs: Ms;
  readonly publish: Publish;
  readonly onWritable: (writable: boolean, atMs: Ms) => void;
  /** The write of this number was acknowledged. */
  readonly onAcknowledged: (n: number, atMs: Ms) => void;
}

const configMaps = `/api/v1/namespaces/${mark.namespace}/configmaps`;

/** Probes from now on; the end tells what is left. */
export function probeApi(options: ProberOptions): Stop {
  const { clock, publish, site, phaseMs, restlessness } = options;
  const { ask, close } = createAsker(options);
  const firstMs = Math.floor(clock.now() / slotMs) * slotMs;
  const writes = createSlots(firstMs);
  const reads = createSlots(firstMs);
  const writable = createWritableFold();
  let n = 0;
  /** Writes that ended before an earlier one did. */
  const early = new Map<number, { readonly ok: boolean; readonly beganMs: Ms }>();
  let judged = 0;
  const judge = (number: number, ok: boolean, beganMs: Ms) => {
    early.set(number, { ok, beganMs });
    for (let next = early.get(judged + 1); next !== undefined; next = early.get(judged + 1)) {
      early.delete(++judged);
      const news = writable.take(next.ok, next.beganMs);
      if (news !== undefined) options.onWritable(news.value, news.atMs);
    }
  };
  const write = async () => {
    const beganMs = clock.now();
    const number = ++n;
    const end = writes.begin(beganMs);
    const { outcome, latencyMs, missing } = await ask('PATCH', `${configMaps}/${mark.name}`, {
      data: { n: `${number}` },
    });
    if (missing) void makeMark(options, ask);
    if (outcome === 'ok') options.onAcknowledged(number, clock.now());
    else restlessness.lastMs = clock.now();
    judge(number, outcome === 'ok', beganMs);
    end({ outcome, latencyMs });
  };
  const read = async () => {
    const end = reads.begin(clock.now());
    // Any server's cache will do: whoever reads like this is served while etcd is away.
    const { outcome, latencyMs } = await ask('GET', `${configMaps}/${mark.name}?resourceVersion=0`);
    if (outcome !== 'ok') restlessness.lastMs = clock.now();
    end({ outcome, latencyMs });
  };
  const tell = (service: string, bodies: ReturnType<Slots['take']>) => {
    for (const body of bodies)
      publish({ type: 'traffic', service, site, channel: 'prober', ...body }, Math.min(body.toMs, clock.now()));
  };
  const tellAll = (pick: (slots: Slots) => ReturnType<Slots['take']>) => {
    tell('api.write', pick(writes));
    tell('api.read', pick(reads));
  };
  const stops: Stop[] = [];
  let stopped = false;
  void makeMark(options, ask).then(() => {
    if (stopped) return;
    stops.push(every(clock, slotMs, phaseMs, () => void write()));
    stops.push(every(clock, slotMs, phaseMs + slotMs / 2, () => void read()));
  });
  stops.push(
    every(clock, slotMs, 0, (nowMs) => {
      const restless = nowMs - restlessness.lastMs < restlessMs;
      tellAll((slots) => slots.take(nowMs, restless));
    }),
  );
  return () => {
    if (stopped) return;
    stopped = true;
    for (const stop of stops) stop();
    tellAll((slots) => slots.close(clock.now()));
    close();
  };
}

type Asker = (
  method: 'GET' | 'PATCH',
  path: string,
  body?: object,
  contentType?: string,
) => Promise<Ended & { readonly missing: boolean }>;

/** Makes namespace and ConfigMap unless they are there; a cluster that went back to a snapshot may have lost them. */
async function makeMark({ labels }: ProberOptions, ask: Asker): Promise<void> {
  const apply = 'application/apply-patch+yaml';
  const query = '?fieldManager=elevenproof&force=true';
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: mark.namespace, labels } };
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: mark.name, labels } };
  await ask('PATCH', `/api/v1/namespaces/${mark.namespace}${query}`, namespace, apply);
  await ask('PATCH', `${configMaps}/${mark.name}${query}`, configMap, apply);
}

/** Asks once on a fresh connection. TLS sessions are taken up again where the server allows it, which saves both sides most of the work. */
function createAsker({ address, secureContext }: ProberOptions): { readonly ask: Asker; readonly close: Stop } {
  const agent = new Agent({ keepAlive: false, maxCachedSessions: 8 });
  const target = { agent, address, port: apiPort, servername: apiServerName, secureContext, limitMs: tryMsMax };
  const ask: Asker = async (method, path, body, contentType = 'application/merge-patch+json') => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), contentType };
    const called = await call({ ...target, method, path, ...sent });
    return { outcome: outcomeOf(called), latencyMs: called.tookMs, missing: called.status === 404 };
  };
  return { ask, close: () => agent.destroy() };
}
