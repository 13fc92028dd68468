/** Whether something lives behind a port, asked from the testbed's own machine: a witness that is neither the actor nor the container engine. */
import { connect } from 'node:tls';

/** A handshake on one host takes some ms; on a busy one it may take far longer, and then a living machine is looked at again. Longer widens nothing: silence counts from when it was asked. */
const answerMsMax = 400;

/** True when a TLS handshake gets its first answer within 400 ms. A connection alone proves nothing: the kernel accepts it for a frozen process. */
export function answers({ address, port }: { readonly address: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, rejectUnauthorized: false });
    const end = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(end, answerMsMax, false);
    socket.on('secureConnect', () => end(true));
    socket.on('error', (error: NodeJS.ErrnoException) => end(isFromPeer(error)));
  });
}

/** A refusal of the handshake (a certificate of ours is wanted) is an answer, too; a refused or reset connection is none. */
const isFromPeer = ({ code }: NodeJS.ErrnoException) => code?.startsWith('ERR_SSL') === true;
