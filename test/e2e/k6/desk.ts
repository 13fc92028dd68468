/** A site on 127.0.0.1 that takes orders, and the load balancer's log before it. Apart because every test of real load asks it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test can change while it is asked. */
export interface Desk {
  readonly url: string;
  /** How long an order takes, ms; `undefined`: it is never answered. */
  tookMs: number | undefined;
  /** Status of answers. */
  status: number;
  /** Orders taken, in order of arrival. */
  readonly orders: readonly number[];
  /** Connections opened so far. */
  connections(): number;
  /** Hears every line of the log. */
  onLine(take: (line: string) => void): () => void;
  close(): void;
}

/** Opens a desk whose orders go to `east` and `west` in turn. */
export async function openDesk(): Promise<Desk> {
  const orders: number[] = [];
  const listeners = new Set<(line: string) => void>();
  let connections = 0;
  let asked = 0;
  const server = createServer((request, response) => {
    const acceptedMs = Date.now();
    const site = asked++ % 2 === 0 ? 'east' : 'west';
    const order = request.headers['x-order'];
    const channel = request.headers['x-channel'];
    const log = (status: number, ending: string) => {
      const line = `ep1 ${acceptedMs} ${Date.now() - acceptedMs} ${site} ${status} ${ending} ${order} ${channel} POST /orders`;
      for (const take of listeners) take(line);
    };
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { tookMs, status } = desk;
      if (tookMs === undefined) return void response.once('close', () => log(-1, 'CH'));
      setTimeout(() => {
        if (status < 300) orders.push((JSON.parse(text) as { id: number }).id);
        response.writeHead(status, { 'x-site': site }).end('{}');
        log(status, '--');
      }, tookMs);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const desk: Desk = {
    url: `http://127.0.0.1:${port}`,
    tookMs: 20,
    status: 201,
    orders,
    connections: () => connections,
    onLine: (take) => {
      listeners.add(take);
      return () => void listeners.delete(take);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return desk;
}
