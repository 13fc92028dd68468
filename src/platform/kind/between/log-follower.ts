/** Lines that a container prints, from now on. Apart because the engine's stream ends with the container and must be taken up again. */
import { PassThrough, type Readable } from 'node:stream';
import type { Stop } from '../../../domain/event.ts';
import type { Engine } from '../engine.ts';

/** Time between two tries to take up a log that ended, ms. */
const againMs = 500;

/** Calls back for each whole line of both output streams. A restart of the container is followed; what was printed while nobody listened is told late, not lost. */
export function followLog(engine: Engine, container: string, onLine: (line: string) => void): Stop {
  let stopped = false;
  let source: Readable | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sinceMs = Date.now();
  const follow = async () => {
    try {
      const options = { follow: true as const, stdout: true, stderr: true, since: sinceMs / 1000 };
      source = (await engine.docker.getContainer(container).logs(options)) as unknown as Readable;
      if (stopped) return void source.destroy();
      const sink = lineSink((line) => {
        if (!stopped) onLine(line);
      });
      engine.docker.modem.demuxStream(source, sink, sink);
      await new Promise((resolve) => source!.once('close', resolve).once('end', resolve).once('error', resolve));
      sinceMs = Date.now();
    } catch {
      // The container may be gone for a moment; whoever asks it directly tells of that.
    }
    if (!stopped) timer = setTimeout(follow, againMs);
  };
  void follow();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source?.destroy();
  };
}

/** A stream that cuts what is written to it into lines. */
export function lineSink(onLine: (line: string) => void): PassThrough {
  const sink = new PassThrough();
  let rest = '';
  sink.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  return sink;
}
