/** Whether the sites reach each other, from the nodes' own point of view. Apart because it must run where a cut would hurt: inside a node of each site, as a small shell program that asks the other site through the link ten times a second. */
import type { Duplex } from 'node:stream';
import type { Stop } from '../../../domain/event.ts';
import type { Engine } from '../engine.ts';
import { lineSink } from './log-follower.ts';

/** One look through the link. */
export interface Look {
  readonly passes: boolean;
  /** When, ms since 1970, by the clock of the node, which is this machine's. */
  readonly atMs: number;
}

/**
 * Prints `+ SECONDS.MICROS` for every answer and `- SECONDS.MICROS` for every try without one. It keeps a connection while it is answered and makes a fresh one after a failure, so that a cut
 * that ends is seen at the next try and not at TCP's next retransmission. Nothing but the shell is started: bash's own connections and waits (bash manual, "Redirections", `read -t`).
 * It ends when its input does, that is, with us.
 */
export const probeProgram = String.raw`
host=$1 port=$2
exec 4<&0
pause() { read -r -t "$1" -u 4 || (( $? > 128 )) || exit 0; }
converse() {
  local line length me=$BASHPID
  { read -r -t 0.5 -u 4; kill -9 "$me"; } 2>/dev/null & local watch=$!
  exec 3<>"/dev/tcp/$host/$port" || { kill -9 "$watch"; exit 1; }
  { kill -9 "$watch"; wait "$watch"; } 2>/dev/null
  while :; do
    printf 'GET /healthz HTTP/1.1\r\nHost: link\r\n\r\n' >&3 || exit 1
    length=0
    IFS= read -r -t 1 -u 3 line || exit 1
    while IFS= read -r -t 1 -u 3 line && [[ $line != $'\r' ]]; do
      [[ $line == [Cc]ontent-[Ll]ength:* ]] && { length=$\{line#*: }; length=$\{length%$'\r'}; }
    done
    (( length == 0 )) || IFS= read -r -N "$length" -t 1 -u 3 line || exit 1
    echo "+ $EPOCHREALTIME"
    pause 0.06
  done
}
while :; do
  ( converse ) 2>/dev/null
  (( $? == 0 )) && exit 0
  echo "- $EPOCHREALTIME"
  pause 0.05
done
`.replaceAll('$\\{', '${');

/** Looks from a node towards an address, until stopped or until the node ends it; `onEnd` is called once then. */
export function lookFrom(
  engine: Engine,
  container: string,
  { host, port }: { readonly host: string; readonly port: number },
  onLook: (look: Look) => void,
  onEnd: () => void,
): Stop {
  let stream: Duplex | undefined;
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    stream?.destroy();
    onEnd();
  };
  const begin = async () => {
    const run = await engine.docker.getContainer(container).exec({
      Cmd: ['bash', '-c', probeProgram, 'probe', host, String(port)],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    });
    stream = await run.start({ hijack: true, stdin: true });
    if (ended) return void stream.destroy();
    const sink = lineSink((line) => {
      const look = parseLook(line);
      if (look !== undefined && !ended) onLook(look);
    });
    engine.docker.modem.demuxStream(
      stream,
      sink,
      lineSink(() => undefined),
    );
    stream.once('end', end).once('close', end).once('error', end);
  };
  begin().catch(end);
  return () => {
    ended = true;
    stream?.end();
    stream?.destroy();
  };
}

/** Reads a line of {@link probeProgram}. */
export function parseLook(line: string): Look | undefined {
  const parts = /^([+-]) (\d+)[.,](\d{3})\d*$/.exec(line.trim());
  return parts === null ? undefined : { passes: parts[1] === '+', atMs: Number(parts[2]) * 1_000 + Number(parts[3]) };
}
