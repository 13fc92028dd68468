/** Commands to HAProxy's runtime API over TCP, one connection each. Apart because it speaks a protocol: a line goes out, text comes back, the connection ends. */
import { connect } from 'node:net';
import { OperatingError } from '../../../base/errors.ts';

/** A balancer that can be asked. */
export interface Runtime {
  /** Gives what the command printed. Throws an OperatingError when nothing answers in time. */
  ask(command: string): Promise<string>;
}

/** The runtime API at this address. `limitMs`: 1 s unless said. */
export function createRuntime(address: string, port: number, limitMs = 1_000): Runtime {
  return {
    ask: (command) =>
      new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        const socket = connect({ host: address, port });
        const fail = (cause: Error) => {
          socket.destroy();
          reject(
            new OperatingError(`Failed to ask the global load balancer \`${command}\`: ${cause.message}`, {
              cause,
              hint: 'Is its container running?',
            }),
          );
        };
        const timer = setTimeout(() => fail(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
        socket.on('connect', () => socket.write(`${command}\n`));
        socket.on('data', (chunk) => chunks.push(chunk));
        socket.on('error', (cause) => {
          clearTimeout(timer);
          fail(cause);
        });
        socket.on('end', () => {
          clearTimeout(timer);
          socket.destroy();
          resolve(Buffer.concat(chunks).toString('utf8'));
        });
      }),
  };
}
