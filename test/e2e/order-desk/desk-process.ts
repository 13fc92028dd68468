/** The bundled order desk as a process of its own, told by a file of annotations as in a pod. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './postgres.ts';

const bundle = 'dist/order-desk/order-desk.mjs';

/** A running desk. */
export interface DeskProcess {
  readonly port: number;
  readonly process: ChildProcess;
  /** What it has written to its standard error. */
  errors(): string;
  /** Sends a signal and waits for the end; gives the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts a role. Annotations are without their prefix. */
export async function startDesk(
  role: string,
  annotations: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<DeskProcess> {
  const port = await freePort();
  const file = join(mkdtempSync(join(tmpdir(), 'elevenproof-desk-')), 'annotations');
  const lines = Object.entries(annotations).map(([name, value]) => `elevenproof.dev/${name}=${JSON.stringify(value)}`);
  writeFileSync(file, lines.join('\n'));
  const child = spawn(process.execPath, [bundle, role], {
    env: { ...process.env, ...env, PORT: String(port), ANNOTATIONS_FILE: file, HOSTNAME: `${role}-${port}` },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += String(chunk);
  });
  return {
    port,
    process: child,
    errors: () => text,
    stop: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

/** An answer; status 0 when the connection broke. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** One request on a connection of its own. Never rejects. */
export function ask(port: number, method: string, path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, method, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }));
      response.on('error', () => resolve({ status: 0, body: '', headers: {} }));
    });
    call.on('error', (error) => resolve({ status: 0, body: error.message, headers: {} }));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Waits until the desk says that it is ready, at most 15 s. */
export async function untilReady({ port }: DeskProcess): Promise<void> {
  for (let left = 150; left > 0; left--) {
    if ((await ask(port, 'GET', '/ready')).status === 200) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error('The desk did not get ready within 15 s');
}
