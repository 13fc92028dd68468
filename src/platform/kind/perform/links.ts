/** Verbs on links: packets dropped by rules inside the nodes, delay added by the proxy between the sites. Proven by the kernel's counters and by who answers whom. */
import { OperatingError } from '../../../base/errors.ts';
import type { Action } from '../../../domain/action.ts';
import type { Ground, Machine } from '../ground.ts';
import { type Drops, knocksFor, planDrops } from './link-plan.ts';
import {
  type Chains,
  chainsOf,
  countersScript,
  cutScript,
  knockScript,
  parseCounters,
  restoreScript,
} from './link-rules.ts';
import { isOff } from './unless-off.ts';
import { actIdOf, type Doing, type Job, limitsMs, numberOf, type On, targetOf, type VerbGroup } from './verb.ts';

/** Where every kubelet listens. */
const knockPort = 10250;

interface Plan {
  readonly drops: readonly Drops[];
  readonly chains: Chains;
}

function planFor(ground: Ground, action: Action): Plan {
  const drops = planDrops(ground, targetOf(action, 'link', 'node-link', 'site'));
  if (drops.length === 0) throw new OperatingError('The pair has no such link');
  return { drops, chains: chainsOf(actIdOf(action)) };
}

/** Nodes that run; one that is off drops everything anyhow and comes back without rules. */
async function runningOf(job: Job, drops: readonly Drops[]): Promise<readonly Drops[]> {
  const off = await Promise.all(drops.map(({ machine }) => isOff(job.world, machine.container)));
  return drops.filter((_, i) => !off[i]);
}

/** One shell per node both acts and looks: the order takes no time, and there are many nodes. */
const run = ({ eyes }: Job, { container }: Machine, script: string) => eyes.run(container, script);

const ready = ({ world, eyes }: Job, drops: readonly Drops[]) => {
  const knocking = knocksFor(world.ground, drops).map(({ by }) => by);
  const all = [...drops.map(({ machine }) => machine), ...knocking];
  return eyes.open(all.map(({ container }) => container));
};

async function cut(job: Job): Promise<Doing> {
  const { drops, chains } = planFor(job.world.ground, job.action);
  const lit = await runningOf(job, drops);
  if (lit.length === 0) throw new OperatingError('Every node that would have to drop packets is off');
  await ready(job, lit);
  return {
    act: async () => {
      await Promise.all(lit.map((each) => run(job, each.machine, cutScript(each, chains))));
    },
    probe: async () => {
      const atMs = job.world.clock.now();
      if (await anyAnswer(job, lit)) return undefined;
      const packets = await dropped(job, lit, chains);
      if (packets === undefined) return undefined;
      return { proof: `rules on ${nodes(lit)} dropped ${packets} packets, no answer`, atMs };
    },
  };
}

const nodes = (drops: readonly Drops[]) => (drops.length === 1 ? '1 node' : `${drops.length} nodes`);

/** Sends packets that the rules must drop: without them a quiet link could not be told from a whole one. Whether one was answered; a sender that cannot send is left out. */
async function anyAnswer(job: Job, drops: readonly Drops[]): Promise<boolean> {
  const knocks = knocksFor(job.world.ground, drops);
  const answers = await Promise.allSettled(knocks.map(({ by, at }) => run(job, by, knockScript(at, knockPort))));
  return answers.some((answer) => answer.status === 'fulfilled' && answer.value.includes(' open'));
}

/** Packets that the rules dropped, when every chain that has rules has dropped some; else undefined. */
async function dropped(job: Job, drops: readonly Drops[], chains: Chains): Promise<number | undefined> {
  const seen = await Promise.all(drops.map(({ machine }) => run(job, machine, countersScript(chains))));
  const byNode = seen.map((text) => parseCounters(text).filter(({ rules }) => rules > 0));
  const all = byNode.flat();
  const isCut = byNode.every((node) => node.length > 0) && all.every(({ packets, inUse }) => packets > 0 && inUse);
  return isCut ? all.reduce((sum, { packets }) => sum + packets, 0) : undefined;
}

/** Takes the rules of this action out, wherever they are, and sets the delay back. */
async function restore(job: Job): Promise<Doing> {
  const { drops, chains } = planFor(job.world.ground, job.action);
  const { target } = job.action;
  const delays = target.on === 'link' ? directions(target) : [];
  return {
    act: async () => {
      await Promise.all([
        ...delays.map(([from, to]) => job.between.restoreLink(from, to)),
        ...(await runningOf(job, drops)).map(({ machine }) => run(job, machine, restoreScript(chains))),
      ]);
    },
    probe: async () => {
      const lit = await runningOf(job, drops);
      const seen = await Promise.all(lit.map(({ machine }) => run(job, machine, countersScript(chains))));
      const states = await Promise.all(delays.map(([from, to]) => job.between.linkState(from, to)));
      const whole = states.every(({ delayMs, delayMsWhole }) => delayMs === delayMsWhole);
      return seen.every((text) => text.trim() === '') && whole ? 'no rule of it is left' : undefined;
    },
  };
}

function directions({ from, to, direction }: On<'link'>): readonly (readonly [string, string])[] {
  return direction === 'both'
    ? [
        [from, to],
        [to, from],
      ]
    : [[from, to]];
}

/** Delay by the link's proxy, loss by rules. */
async function slow(job: Job): Promise<Doing> {
  const { action, between, world } = job;
  if (action.target.on !== 'link')
    throw new OperatingError('Only the link between sites can be slowed: its proxy adds the delay');
  const ends = directions(action.target);
  const delayMs = numberOf(action, 'delayMs', 0);
  const lossRatio = numberOf(action, 'lossRatio', 0);
  const { drops, chains } = planFor(world.ground, action);
  const lossy = lossRatio > 0 ? await runningOf(job, drops) : [];
  await ready(job, lossy);
  return {
    act: async () => {
      await Promise.all([
        ...ends.map(([from, to]) => between.slowLink(from, to, { delayMs })),
        ...lossy.map((each) => run(job, each.machine, cutScript(each, chains, lossRatio))),
      ]);
    },
    probe: async () => {
      const states = await Promise.all(ends.map(([from, to]) => between.linkState(from, to)));
      if (states.some((state) => state.delayMs < state.delayMsWhole + delayMs)) return undefined;
      const losing = await Promise.all(lossy.map(({ machine }) => run(job, machine, countersScript(chains))));
      if (!losing.every((text) => parseCounters(text).some(({ rules, inUse }) => rules > 0 && inUse))) return undefined;
      const loss = lossRatio > 0 ? `, ${lossRatio * 100} % of packets dropped` : '';
      return `${delayMs} ms longer one way${loss}`;
    },
  };
}

/** Verbs on links. */
export const linkVerbs: VerbGroup = {
  'link.cut': { limitMs: limitsMs.signal, begin: cut },
  'link.slow': { limitMs: limitsMs.signal, begin: slow },
  'link.restore': { limitMs: limitsMs.api, begin: restore },
};
