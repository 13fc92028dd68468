/** The gateway: what customers reach. Takes the order, asks the services it calls, passes the answer on. */
import { type Caller, createCaller } from './caller.ts';
import { createDesk } from './desk.ts';
import { answerFailed, answerOpen } from './failure.ts';
import type { Tried } from './one-try.ts';
import { parseOrder } from './order.ts';
import { createPeers } from './peers.ts';
import { createRateLimit } from './rate-limit.ts';
import type { Settings } from './settings.ts';

const breakerLevels = { closed: 0, 'half-open': 1, open: 2 } as const;

/** Serves until told to stop. */
export async function runGateway(settings: Settings): Promise<void> {
  const desk = createDesk(settings);
  const callers = settings.calls.map(({ service, policy }) => ({ service, ...createCaller(service, policy) }));
  const limit = createOwnLimit(settings);
  const watching = setInterval(() => {
    for (const { service, breaker } of callers)
      if (breaker !== undefined) desk.metrics.breaker.set({ service }, breakerLevels[breaker.state()]);
  }, 100);
  desk.app.post('/orders', async (context) => {
    const body = await context.req.text();
    const order = parseOrder(body);
    if (order === undefined) return context.json({ error: 'Expected {"id": a whole number, "channel": a text}' }, 400);
    if (!limit.admits(order.channel)) return answerFailed(context, 'limited');
    return desk.work(context, async () => {
      const tried = await callAll(callers, body);
      if (tried.kind === 'failed') return answerFailed(context, tried.reason);
      if (tried.kind === 'open') return answerOpen(context);
      if (tried.status === 201) desk.metrics.orders.inc();
      const site = { 'x-site': tried.site ?? settings.site, 'content-type': 'application/json' };
      return context.body(tried.body, tried.status as 200, site);
    });
  });
  await desk.serve({ close: async () => clearInterval(watching) });
}

/** One after the other; the last answer is the customer's, the first that is none ends it. */
async function callAll(callers: readonly Caller[], body: string): Promise<Tried> {
  let tried: Tried = { kind: 'answer', status: 201, body: '{}' };
  for (const caller of callers) {
    tried = await caller.call('/orders', body);
    if (tried.kind !== 'answer') return tried;
  }
  return tried;
}

function createOwnLimit({ own }: Settings) {
  const limits = own?.policy.rateLimitRps ?? {};
  const peers = own !== undefined && Object.keys(limits).length > 0 ? createPeers(own.service) : undefined;
  return createRateLimit(limits, () => peers?.addresses().length ?? 1);
}
