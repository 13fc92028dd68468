/** The order desk: one program, whose first argument is its role. */

import { runAgent } from './agent.ts';
import { annotationsFileDefault, readAnnotations } from './annotations.ts';
import { runBatch } from './batch.ts';
import { runGateway } from './gateway.ts';
import { runOrders } from './orders.ts';
import { type Role, readSettings } from './settings.ts';

const { env } = process;
const settings = readSettings(readAnnotations(env.ANNOTATIONS_FILE ?? annotationsFileDefault), env);
const roles: Readonly<Record<Role, () => Promise<void>>> = {
  gateway: () => runGateway(settings),
  orders: () => runOrders(settings, env),
  agent: () => runAgent(settings),
  batch: () => runBatch(env),
};

const role = process.argv[2] ?? '';
const run = Object.hasOwn(roles, role) ? roles[role as Role] : undefined;
if (run === undefined) {
  console.error(`Expected a role (${Object.keys(roles).join(', ')}), got \`${role}\``);
  process.exit(2);
}
if (settings.release === 'crash') {
  console.error('This release ends at once');
  process.exit(1);
}
run().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`Failed to run ${role}: ${(error as Error).message}`);
    process.exit(1);
  },
);
