/** The agent, one per node: answers its probes and a ping at its pace. */
import { createDesk } from './desk.ts';
import type { Settings } from './settings.ts';

/** Serves until told to stop. */
export async function runAgent(settings: Settings): Promise<void> {
  const desk = createDesk(settings);
  desk.app.get('/', (context) => desk.work(context, async () => context.json({ pod: settings.pod })));
  await desk.serve({});
}
