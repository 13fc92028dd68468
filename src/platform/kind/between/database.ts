/** The databases of a pair as things that can be asked: where they are entered, by whom, and our marks in them. Apart because set-up, observation, verbs and audit share them. */
import type { KindWorld } from '../world.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import type { DatabasePlan } from './plan.ts';
import { createSession, privilegedName, type Session, type SessionOptions } from './session.ts';

/** A database of the pair. */
export interface Database {
  readonly plan: DatabasePlan;
  /** For our own work: it may write also while applications may not. Shared; statements run one after the other. */
  readonly own: Session;
  /** Another session. */
  session(options: SessionOptions): Session;
  credentials(): Promise<Credentials>;
  close(): void;
}

/** A database; nothing is asked of it yet. */
export function openDatabase(
  world: KindWorld,
  plan: DatabasePlan,
  nodePort: (site: string, service: string) => Promise<number>,
): Database {
  const machines = world.ground.sites.find(({ name }) => name === plan.site)!.machines;
  const hosts = [...machines]
    .sort((a, b) => Number(b.role === 'worker') - Number(a.role === 'worker'))
    .map(({ address }) => address);
  let known: Credentials | undefined;
  const credentials = async () => {
    known ??= await readCredentials(world.kube(plan.site), plan);
    return known;
  };
  const sessions = new Set<Session>();
  const session = (options: SessionOptions) => {
    const opened = createSession(
      {
        key: plan.key,
        addresses: async () => ({ hosts, port: await nodePort(plan.site, plan.workload) }),
        credentials,
      },
      options,
    );
    const known: Session = {
      query: opened.query,
      close: () => {
        sessions.delete(known);
        opened.close();
      },
    };
    sessions.add(known);
    return known;
  };
  return {
    plan,
    own: session({ name: privilegedName, privileged: true }),
    session,
    credentials,
    close: () => {
      for (const each of sessions) each.close();
    },
  };
}
