/** Tells who leads an etcd cluster, since when by the new leader's own log. Apart from the poll, which sees an election late and goes on while the log is read. */
import type { Ms } from '../../../base/clock.ts';
import { type Machine, machineOf, type SiteGround } from '../ground.ts';
import { createNodeShells, type NodeShells } from '../perform/node-shells.ts';
import type { KindWorld } from '../world.ts';
import { becameLeaderMs, electionScript } from './election-log.ts';
import type { Teller } from './teller.ts';

/** How long a log may take to say when an election was, ms; after it the poll's own time counts. */
const logLimitMs = 3_000;

/** Hears of leaders from every poll. */
export interface LeaderTeller {
  /** Who leads now (undefined: nobody), in which term. */
  tell(leader: string | undefined, term: number, atMs: Ms): void;
  stop(): void;
}

/** A new leader is told with the time of its log; whatever is told meanwhile waits its turn. One that only was not heard for a moment is no new one. */
export function createLeaderTeller(
  world: KindWorld,
  site: SiteGround,
  machines: readonly Machine[],
  teller: Teller,
): LeaderTeller {
  const shells = createNodeShells(world.engine);
  void shells.open(machines.map(({ container }) => container));
  const subject = { site: site.name };
  let shown: string | undefined;
  let elected: string | undefined;
  let queue = Promise.resolve();
  const stampOf = async (leader: string, term: number, atMs: Ms) => {
    const election = `${leader} ${term}`;
    const first = elected === undefined;
    const same = elected === election;
    elected = election;
    return first || same ? atMs : Math.min(atMs, (await electedMs(world, shells, leader, term)) ?? atMs);
  };
  return {
    tell: (leader: string | undefined, term: number, atMs: Ms) => {
      if (shown === `${leader} ${term}`) return;
      shown = `${leader} ${term}`;
      queue = queue.then(async () => {
        const stampMs = leader === undefined ? atMs : await stampOf(leader, term, atMs);
        teller.tell([{ fact: 'etcd.leader', subject, value: leader ?? null }], stampMs);
      });
    },
    stop: () => shells.close(),
  };
}

async function electedMs(
  { ground, clock }: KindWorld,
  shells: NodeShells,
  leader: string,
  term: number,
): Promise<Ms | undefined> {
  const machine = machineOf(ground, leader);
  if (machine === undefined) return undefined;
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, logLimitMs, undefined));
  const log = await Promise.race([shells.run(machine.container, electionScript), late]).catch(() => undefined);
  const wallMs = log === undefined ? undefined : becameLeaderMs(log, term);
  return wallMs === undefined ? undefined : wallMs - clock.epochMs;
}
