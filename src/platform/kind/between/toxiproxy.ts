/** The link proxy's HTTP API: listeners and what slows them. Apart because it speaks a protocol (Shopify/toxiproxy README, "HTTP API"). */
import { OperatingError } from '../../../base/errors.ts';

/** What is done to one stream of a listener. `upstream` is what clients send, `downstream` what comes back. */
export interface Toxic {
  readonly name: string;
  readonly type: 'latency' | 'bandwidth';
  readonly stream: 'upstream' | 'downstream';
  /** `latency` in ms; `rate` in kB/s. */
  readonly attributes: Readonly<Record<string, number>>;
}

/** A listener and where it leads. */
export interface Listener {
  readonly name: string;
  /** `[::]:15432`, as the proxy tells it. */
  readonly listen: string;
  /** `address:port`. */
  readonly upstream: string;
  readonly toxics: readonly Toxic[];
}

/** The proxy. Every call ends within 2 s or throws an OperatingError. */
export interface Toxiproxy {
  listeners(): Promise<readonly Listener[]>;
  create(listener: { readonly name: string; readonly port: number; readonly upstream: string }): Promise<void>;
  /** Ends its connections. */
  point(name: string, upstream: string): Promise<void>;
  /** Adds a toxic, or gives one of that name new attributes. */
  set(listener: string, toxic: Toxic): Promise<void>;
  /** None of that name is no error. */
  unset(listener: string, toxic: string): Promise<void>;
}

/** Port of the API inside the container. */
export const toxiproxyPort = 8474;

const limitMs = 2_000;

/** The proxy at this address. */
export function createToxiproxy(address: string): Toxiproxy {
  const ask = async (method: string, path: string, body?: unknown, fine: readonly number[] = []) => {
    const words = `Failed to ask the link proxy ${method} ${path}`;
    const answer = await fetch(`http://${address}:${toxiproxyPort}${path}`, {
      method,
      signal: AbortSignal.timeout(limitMs),
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    }).catch((cause: Error) => {
      throw new OperatingError(`${words}: ${cause.message}`, { cause, hint: 'Is its container running?' });
    });
    const text = await answer.text();
    if (answer.ok || fine.includes(answer.status)) return { status: answer.status, text };
    throw new OperatingError(`${words}: ${answer.status} ${text.trim()}`);
  };
  return {
    listeners: async () => {
      const proxies = JSON.parse((await ask('GET', '/proxies')).text) as Readonly<Record<string, Listener>>;
      return Object.values(proxies);
    },
    create: async ({ name, port, upstream }) =>
      void (await ask('POST', '/proxies', { name, listen: `0.0.0.0:${port}`, upstream, enabled: true }, [409])),
    point: async (name, upstream) => void (await ask('POST', `/proxies/${name}`, { upstream, enabled: true })),
    set: async (listener, toxic) => {
      const path = `/proxies/${listener}/toxics`;
      const { status } = await ask('POST', path, { ...toxic, toxicity: 1 }, [409]);
      if (status === 409) await ask('POST', `${path}/${toxic.name}`, { attributes: toxic.attributes });
    },
    unset: async (listener, toxic) =>
      void (await ask('DELETE', `/proxies/${listener}/toxics/${toxic}`, undefined, [404])),
  };
}
