/** Where k6 processes wait for leave to start. Apart because k6 cannot be steered: it can only be kept waiting for an answer, and be told by a broken connection that nobody is there any more. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A door on 127.0.0.1 with one entrance per process. */
export interface Gate {
  /** What a process is told. */
  url(name: string): string;
  /** Calls back when the process stands before its entrance: it has made its users and would start at once. At most once. */
  onWaiting(name: string, call: () => void): void;
  /** Lets it start, now or as soon as it comes. */
  open(name: string): void;
  /** Turns everybody away: processes that were let in end, too. */
  close(): void;
}

/** Opens a gate on a free port. */
export async function createGate(): Promise<Gate> {
  const entrances = new Map<string, { waiting?: () => void; held?: ServerResponse; isOpen?: boolean }>();
  const entrance = (name: string) => {
    const known = entrances.get(name) ?? {};
    entrances.set(name, known);
    return known;
  };
  const server = createServer((request, response) => {
    const [name = '', what] = (request.url ?? '').slice(1).split('/');
    // `watch` is never answered: it breaks when this process ends.
    if (what !== 'start') return;
    const at = entrance(name);
    at.held = response;
    at.waiting?.();
    if (at.isOpen) response.end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // The load must not keep a process alive that has nothing else to do.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    onWaiting: (name, call) => {
      const at = entrance(name);
      if (at.held !== undefined) call();
      else at.waiting = call;
    },
    open: (name) => {
      const at = entrance(name);
      at.isOpen = true;
      at.held?.end();
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
