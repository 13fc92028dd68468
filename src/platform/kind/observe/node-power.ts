/** Which machines are on and not frozen, by the container engine's events: each has the engine's own stamp. */
import type { Ms } from '../../../base/clock.ts';
import type { Stop } from '../../../domain/event.ts';
import type { Machine } from '../ground.ts';
import type { KindWorld } from '../world.ts';
import type { Teller } from './teller.ts';

/** Events that change whether a machine runs. */
const powerOf: Readonly<Record<string, boolean>> = { die: false, pause: false, start: true, unpause: true };

/** Wait before the engine is asked again after its stream of events broke, ms. */
const retryMs = 1_000;

/** The engine's event as far as it is read. */
export interface EngineEvent {
  readonly Action?: string;
  readonly timeNano?: number;
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> };
}

/** What an event says: container, whether it runs now, and when in wall ms. Undefined: nothing about power. */
export function readPowerEvent(event: EngineEvent): { container: string; on: boolean; wallMs: number } | undefined {
  const on = powerOf[event.Action ?? ''];
  const container = event.Actor?.Attributes?.name;
  if (on === undefined || container === undefined || event.timeNano === undefined) return undefined;
  return { container, on, wallMs: event.timeNano / 1e6 };
}

/** Follows the power of every machine. `onGap` hears of times in which the engine told nothing. */
export function followPower(world: KindWorld, teller: Teller, onGap: (fromMs: Ms, toMs: Ms) => void): Stop {
  const { clock, engine, ground } = world;
  const machines = ground.sites.flatMap((site) => site.machines);
  const byContainer = new Map(machines.map((machine) => [machine.container, machine]));
  let stopped = false;
  let brokeMs: Ms | undefined;
  let end: Stop = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = (container: string, on: boolean, atMs: Ms) => {
    const machine = byContainer.get(container);
    if (machine === undefined || stopped) return;
    teller.tell([{ fact: 'node.running', subject: { site: machine.site, node: machine.node }, value: on }], atMs);
  };
  const inspect = async ({ container }: Machine) => {
    const state = await engine.state(container);
    tell(container, state?.running === true && !state.paused, clock.now());
  };
  const again = () => {
    if (stopped) return;
    brokeMs ??= clock.now();
    end();
    timer = setTimeout(() => void begin(), retryMs);
  };
  const begin = async () => {
    try {
      const stream = await engine.docker.getEvents({
        filters: { type: ['container'], container: machines.map(({ container }) => container) },
      });
      if (stopped) return void destroy(stream);
      end = () => {
        stream.off('close', again);
        destroy(stream);
      };
      readLines(stream, (event) => {
        const read = readPowerEvent(event);
        if (read !== undefined) tell(read.container, read.on, read.wallMs - clock.epochMs);
      });
      stream.once('close', again);
      stream.on('error', () => {});
      await Promise.all(machines.map(inspect));
      if (brokeMs !== undefined) onGap(brokeMs, clock.now());
      brokeMs = undefined;
    } catch {
      again();
    }
  };
  void begin();
  return () => {
    stopped = true;
    clearTimeout(timer);
    end();
  };
}

function destroy(stream: NodeJS.ReadableStream): void {
  (stream as NodeJS.ReadableStream & { destroy?(): void }).destroy?.();
}

function readLines(stream: NodeJS.ReadableStream, onEvent: (event: EngineEvent) => void): void {
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.trim() !== '') onEvent(JSON.parse(part) as EngineEvent);
  });
}
