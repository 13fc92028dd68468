/** What every role that serves has in common: readiness that tells the truth, metrics, the pace of its work, an end in good order. Apart so that a role says only what it does with an order. */
import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { createBurner } from './burner.ts';
import { answerFailed } from './failure.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { sampleServiceTime } from './service-time.ts';
import type { Settings } from './settings.ts';
import { createStation, createStationClock } from './station.ts';

/** A pod that serves. */
export interface Desk {
  readonly app: Hono;
  readonly metrics: Metrics;
  /** Does one request at the pod's pace: waits for a place, works for as long as a request takes, then lets `finish` answer. */
  work(context: Context, finish: () => Promise<Response>): Promise<Response>;
  /** Listens; gives a way to wait for the end. `ready` is asked at each probe; `close` is called when the last request is done. */
  serve(options: { readonly ready?: () => Promise<boolean>; readonly close?: () => Promise<void> }): Promise<void>;
}

/** Calls and commits take about this long beyond a request's own work, at most, where nothing is wrong; ms. */
const behindMs = 100;

/** A desk that does not listen yet. */
export function createDesk(settings: Settings): Desk {
  const app = new Hono();
  const burner = createBurner(settings.cpuMs);
  const station = createStation(settings, createStationClock(burner.owedMs));
  const metrics = createMetrics(station.inFlight);
  let slowFactor = 1;
  // Every request comes on a connection of its own: only then each is balanced by itself, and no connection outlives its pod's turn.
  app.use(async (context, next) => {
    await next();
    context.header('connection', 'close');
  });
  app.get('/live', (context) => context.text('live'));
  app.get('/metrics', async (context) =>
    context.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType }),
  );
  app.get('/control/slow', (context) => context.json({ factor: slowFactor }));
  app.post('/control/slow', (context) => {
    const factor = Number(context.req.query('factor'));
    if (!(factor > 0)) return context.json({ error: 'Expected ?factor= above 0' }, 400);
    slowFactor = factor;
    return context.json({ factor });
  });
  const paced = async (context: Context, finish: () => Promise<Response>) => {
    const place = await station.enter();
    if (place === undefined) return answerFailed(context, 'shed');
    burner.owe();
    const ownMs = slowFactor * sampleServiceTime(settings.serviceTimeMs, settings.serviceTimeP99Ms);
    try {
      await sleep(ownMs);
      return settings.release === 'errors' ? answerFailed(context, 'error') : await finish();
    } finally {
      place.leave(ownMs + behindMs);
    }
  };
  return {
    app,
    metrics,
    work: async (context, finish) => {
      const startMs = performance.now();
      const response = await paced(context, finish);
      metrics.seconds.observe({ status: response.status }, (performance.now() - startMs) / 1000);
      return response;
    },
    serve: (options) => serve(app, settings, options),
  };
}

function serve(app: Hono, settings: Settings, { ready, close }: Parameters<Desk['serve']>[0]): Promise<void> {
  let stopping = false;
  app.get('/ready', async (context) => {
    const started = performance.now() >= settings.startupMs && settings.release !== 'never-ready';
    if (stopping || !started) return context.text(stopping ? 'stopping' : 'starting', 503);
    return (await (ready?.() ?? true)) ? context.text('ready') : context.text('not ready', 503);
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(settings.port);
  return new Promise((resolve, reject) => {
    const stop = () => {
      stopping = true;
      // Waits for those that are being answered; their connections close with the answer.
      server.close(() => (close?.() ?? Promise.resolve()).then(resolve, reject));
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    server.once('error', reject);
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
