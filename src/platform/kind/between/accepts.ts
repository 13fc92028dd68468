/** Whether somebody takes connections at an address. Apart because both the link and sessions choose their way into a site by it: the kernel answers, so it is quick also where programs are slow. */
import { connect } from 'node:net';

/** A node that does not accept within this time is not the way in, ms. */
const limitMs = 500;

/** False when it refuses or says nothing. */
export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(false), limitMs);
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
  });
}

/** The one that is used while it accepts, else the first that does; the one that is used, or the first, when none does. */
export async function firstThatAccepts(
  hosts: readonly string[],
  port: number,
  used: string | undefined,
): Promise<string> {
  const current = used !== undefined && hosts.includes(used) ? used : hosts[0]!;
  if (await accepts(current, port)) return current;
  const answers = await Promise.all(hosts.map((host) => accepts(host, port)));
  return hosts[answers.indexOf(true)] ?? current;
}
