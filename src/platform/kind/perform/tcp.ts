/** Whether something answers on a port, asked from the testbed's own machine: a witness that is neither the actor nor the container engine. */
import { connect } from 'node:net';

/** A connection on one host takes far less, ms; longer widens proofs of silence. */
const answerMsMax = 300;

/** True when a connection is accepted within 300 ms. */
export function answers({ address, port }: { readonly address: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: answerMsMax });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
  });
}
