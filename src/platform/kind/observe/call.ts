/** One HTTPS request with a limit. Apart because all probers ask alike and differ only in what they make of the answer, or of none. */
import { type Agent, type RequestOptions, request } from 'node:https';
import type { SecureContext } from 'node:tls';
import type { Ms } from '../../../base/clock.ts';

/** What is asked of whom. */
export interface Question {
  readonly agent: Agent;
  readonly address: string;
  readonly port: number;
  /** Name that the server's certificate must have; addresses may not stand in it. */
  readonly servername: string;
  readonly secureContext: SecureContext;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly limitMs: Ms;
}

/** What came of it. */
export interface Called {
  /** Absent: no whole answer came. */
  readonly status?: number;
  readonly text: string;
  /** TLS stood on a connection made for this request, so that it may have been sent. */
  readonly connected: boolean;
  /** It was given up at the limit. */
  readonly timedOut: boolean;
  readonly tookMs: number;
}

/** Asks once; never rejects. */
export function call(question: Question): Promise<Called> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    let connected = false;
    let timedOut = false;
    const asked = request(optionsOf(question));
    const end = (text: string, status?: number) => {
      limit();
      const tookMs = performance.now() - startedMs;
      resolve({ text, connected, timedOut, tookMs, ...(status !== undefined && { status }) });
    };
    const giveUp = () => {
      timedOut = true;
      asked.destroy(new Error('given up'));
    };
    const limit = countDown(question.limitMs, giveUp);
    asked.on('socket', (socket) => {
      if (socket.connecting)
        socket.once('secureConnect', () => {
          connected = true;
        });
    });
    asked.on('error', () => end(''));
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => end(''));
      response.on('end', () => end(Buffer.concat(chunks).toString('utf8'), response.statusCode));
    });
    asked.end(question.body);
  });
}

/** Steps in which a limit is counted. */
const steps = 4;

/** Calls back when the limit is over; gives the end of it. Time that this process itself slept through, on a busy host, hardly counts: whoever was asked may have answered long ago. For the same reason what waits to be read is read before giving up. */
function countDown(limitMs: Ms, over: () => void): () => void {
  const stepMs = limitMs / steps;
  let leftMs = limitMs;
  let countedMs = performance.now();
  let last: ReturnType<typeof setImmediate> | undefined;
  const count = () => {
    const nowMs = performance.now();
    leftMs -= Math.min(nowMs - countedMs, 1.5 * stepMs);
    countedMs = nowMs;
    if (leftMs > 0) timer = setTimeout(count, Math.min(stepMs, leftMs));
    else last = setImmediate(over);
  };
  let timer = setTimeout(count, stepMs);
  return () => {
    clearTimeout(timer);
    clearImmediate(last);
  };
}

/** The secure context is made once and handed on: reading certificates for each connection would cost more than the request. */
function optionsOf({ agent, address, port, servername, secureContext, method, path, body, contentType }: Question) {
  const headers =
    body === undefined
      ? {}
      : { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) };
  const tls: RequestOptions & { readonly secureContext: SecureContext } = {
    agent,
    host: address,
    port,
    servername,
    secureContext,
    method,
    path,
    headers,
  };
  return tls as RequestOptions;
}
