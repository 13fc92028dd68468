/** The order service: an order is acknowledged after its commit. */
import { createDatabase, databaseConfig } from './database.ts';
import { createDesk } from './desk.ts';
import { answerFailed, answerOpen } from './failure.ts';
import { parseOrder } from './order.ts';
import type { Settings } from './settings.ts';

/** Connections a pod opens at most; PostgreSQL takes 100 in all unless told otherwise. */
const connectionsMax = 20;
/** How often what was sold is written down, ms. */
const sellMs = 1_000;

/** Serves until told to stop. */
export async function runOrders(settings: Settings, env: NodeJS.ProcessEnv): Promise<void> {
  const desk = createDesk(settings);
  const connections = Math.min(connectionsMax, Math.max(2, Math.ceil(settings.concurrency)));
  const database = createDatabase(databaseConfig(env), { ...settings, connections });
  const stopping = new AbortController();
  let prepared = false;
  let sold = 0;
  desk.app.post('/orders', async (context) => {
    const order = parseOrder(await context.req.text());
    if (order === undefined) return context.json({ error: 'Expected {"id": a whole number, "channel": a text}' }, 400);
    return desk.work(context, async () => {
      const taken = await database.take(order);
      if (taken.outcome === 'failed') return answerFailed(context, 'error');
      if (taken.outcome === 'open') return answerOpen(context);
      const isNew = taken.outcome === 'new';
      if (isNew) {
        sold++;
        desk.metrics.orders.inc();
      }
      const content = { id: order.id, site: settings.site, pod: taken.pod };
      return context.json(content, isNew ? 201 : 200, { 'x-site': settings.site });
    });
  });
  const selling = setInterval(() => {
    if (sold === 0) return;
    const count = sold;
    sold = 0;
    database.sell(count).catch(() => {
      sold += count;
    });
  }, sellMs);
  void database.prepare(stopping.signal).then(() => {
    prepared = true;
  });
  await desk.serve({
    ready: async () => prepared && (await database.answers()),
    close: async () => {
      clearInterval(selling);
      stopping.abort();
      await database.close();
    },
  });
}
