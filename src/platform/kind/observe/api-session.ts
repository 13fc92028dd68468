/**
 * One HTTP/2 connection to an API server that carries every watch of a site. Apart from the client library's informers, which open a
 * connection per kind and wait for ever on a server that is frozen or cut off: here one ping tells for all of them.
 */
import { type ClientHttp2Session, connect } from 'node:http2';
import type { SecureContext } from 'node:tls';
import { apiPort, apiServerName } from './api-target.ts';

/** Period of pings, ms. */
const pingMs = 500;
/** A connection whose ping is not answered for this long is lost, ms. Shorter would drop servers that are only busy. */
const pongMsMax = 1_500;
/** How long connecting may take, ms; the load balancer may have sent us to a machine that is not there. */
const connectMsMax = 1_500;
/** How long a list may take, ms. */
const listMsMax = 10_000;
/** Bytes that may be under way, so that a long list needs no round trips. */
const windowBytes = 4 * 2 ** 20;

/** A connection. */
export interface ApiSession {
  /** Rejects when the connection is lost or closed; never resolves. */
  readonly lost: Promise<never>;
  /** The parsed answer; rejects unless it is 200 and whole. */
  get(path: string): Promise<unknown>;
  /** Hands on one parsed line after the other; resolves when the server ends the answer. Rejects unless it is 200 and every line is JSON. */
  lines(path: string, onLine: (line: unknown) => void): Promise<void>;
  close(): void;
}

/** Connects; rejects when that takes too long. */
export async function openApiSession(address: string, secureContext: SecureContext): Promise<ApiSession> {
  const options = { secureContext, servername: apiServerName, settings: { initialWindowSize: windowBytes } };
  const session = connect(`https://${address}:${apiPort}`, options);
  let lose: (cause: Error) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    lose = reject;
  });
  // Whoever waits hears of it; a session that nobody waits for any more may be lost in silence.
  lost.catch(() => {});
  session.on('error', (cause) => lose(cause));
  session.on('close', () => lose(new Error('the connection was closed')));
  session.on('goaway', () => session.destroy(new Error('the server goes away')));
  await connected(session, lost);
  session.setLocalWindowSize(windowBytes);
  const stopPings = ping(session);
  session.on('close', stopPings);
  return {
    lost,
    get: (path) => Promise.race([get(session, path), lost]),
    lines: (path, onLine) => Promise.race([lines(session, path, onLine), lost]),
    close: () => session.destroy(),
  };
}

async function connected(session: ClientHttp2Session, lost: Promise<never>): Promise<void> {
  const timer = setTimeout(() => session.destroy(new Error('no connection in time')), connectMsMax);
  try {
    await Promise.race([new Promise((resolve) => session.once('connect', resolve)), lost]);
  } finally {
    clearTimeout(timer);
  }
}

function ping(session: ClientHttp2Session): () => void {
  let asked: number | undefined;
  const timer = setInterval(() => {
    if (session.destroyed) return;
    if (asked === undefined) {
      asked = performance.now();
      session.ping(() => {
        asked = undefined;
      });
    } else if (performance.now() - asked > pongMsMax) {
      // Had this process itself been busy, the answer may be waiting to be read.
      setImmediate(() => {
        if (asked !== undefined && !session.destroyed) session.destroy(new Error('the server does not answer'));
      });
    }
  }, pingMs);
  return () => clearInterval(timer);
}

function get(session: ClientHttp2Session, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const stream = session.request({ ':path': path, accept: 'application/json' });
    const timer = setTimeout(() => stream.destroy(new Error('the list took too long')), listMsMax);
    let status = 0;
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      clearTimeout(timer);
      if (status !== 200) return reject(new Error(`${path}: status ${status}`));
      try {
        resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      } catch (cause) {
        reject(cause as Error);
      }
    });
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function lines(session: ClientHttp2Session, path: string, onLine: (line: unknown) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path, accept: 'application/json' });
    stream.setEncoding('utf8');
    let status = 0;
    let rest = '';
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0;
    });
    stream.on('data', (chunk: string) => {
      if (status !== 200) return;
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        const parsed = parse(line);
        if (parsed === undefined) return void stream.destroy(new Error(`${path}: not JSON`));
        onLine(parsed);
      }
    });
    stream.on('error', reject);
    stream.on('close', () => (status === 200 ? resolve() : reject(new Error(`${path}: status ${status}`))));
  });
}
