/** One try at a Service: one request on a connection of its own, with a limit. Apart because what broke where decides whether it may have been done. */
import { request } from 'node:http';
import { failedHeader, type Reason } from './failure.ts';

/** What came of a try. `open`: it may have been done. */
export type Tried =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; readonly site?: string }
  | { readonly kind: 'failed'; readonly reason: Reason }
  | { readonly kind: 'open' };

/** Where to, what, and for how long, ms. */
export interface Try {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly timeoutMs: number;
}

const jsonHeaders = { 'content-type': 'application/json', connection: 'close' };

/** Makes a try. Never rejects. */
export function makeTry({ host, port, path, body, timeoutMs }: Try): Promise<Tried> {
  return new Promise((resolve) => {
    let sent = false;
    const headers = { ...jsonHeaders, 'content-length': Buffer.byteLength(body) };
    const call = request({ host, port, path, method: 'POST', agent: false, headers });
    const end = (tried: Tried) => {
      clearTimeout(timer);
      resolve(tried);
      call.destroy();
    };
    // Nothing was sent before the connection stood; afterwards nobody knows how far it came.
    const broke = () => end(sent ? { kind: 'open' } : { kind: 'failed', reason: 'refused' });
    const timer = setTimeout(broke, timeoutMs);
    const connected = () => {
      sent = true;
    };
    call.once('socket', (socket) => socket.once('connect', connected));
    call.once('error', broke);
    call.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', broke);
      response.once('aborted', broke);
      response.once('end', () => end(read(response.statusCode ?? 0, response.headers, Buffer.concat(chunks))));
    });
    call.end(body);
  });
}

function read(status: number, headers: NodeJS.Dict<string | string[]>, body: Buffer): Tried {
  const reason = headers[failedHeader];
  if (typeof reason === 'string') return { kind: 'failed', reason: reason as Reason };
  if (status >= 500) return status === 504 ? { kind: 'open' } : { kind: 'failed', reason: 'error' };
  const site = headers['x-site'];
  return { kind: 'answer', status, body: body.toString('utf8'), ...(typeof site === 'string' && { site }) };
}
