/** Who leads etcd, by every member's own word. Apart because it is asked of etcd and not of the API server, which may be down or may answer from a cache. */
import type { SecureContext } from 'node:tls';
import type { Engine } from '../engine.ts';
import type { SiteGround } from '../ground.ts';
import { createEtcdClient, type GatewayStatus, type NoAnswer } from '../observe/etcd-client.ts';
import { readEtcdContext } from '../observe/etcd-context.ts';

/** Asks every member of a site which one leads. */
export interface LeaderQuestion {
  /** What keeps the members from agreeing, in words; undefined when all name the same leader. */
  disagreement(): Promise<string | undefined>;
}

/** Reading the certificates is given up after this long, ms; the next question tries again. */
const contextLimitMs = 8_000;

/** A question to the members of a site; certificates are read at the first time and kept. */
export function createLeaderQuestion(site: SiteGround, engine: Engine): LeaderQuestion {
  const members = site.machines.filter(({ role }) => role === 'control-plane');
  let context: SecureContext | undefined;
  return {
    disagreement: async () => {
      context ??= await readEtcdContext(engine, members, AbortSignal.timeout(contextLimitMs));
      if (context === undefined) return `the certificates of etcd in ${site.name} cannot be read`;
      const known = context;
      const answers = await Promise.all(members.map(({ address }) => leaderBy(address, known)));
      return disagreementOf(members.map(({ node }, i) => ({ node, answer: answers[i]! })));
    },
  };
}

/** In words what keeps the answers from being one leader; undefined when they are. Member 0 is etcd's word for no leader. */
export function disagreementOf(
  answers: readonly { readonly node: string; readonly answer: string | Error }[],
): string | undefined {
  for (const { node, answer } of answers) {
    if (answer instanceof Error) return `etcd on ${node} does not answer (${answer.message})`;
    if (answer === '0') return `etcd on ${node} knows no leader`;
  }
  const leaders = new Set(answers.map(({ answer }) => answer));
  return leaders.size > 1 ? `etcd members name ${leaders.size} leaders` : undefined;
}

/** The leader's id in decimal: 64 bits, so it stays text. An answer without a leader leaves the field out, as its value is 0. */
async function leaderBy(address: string, context: SecureContext): Promise<string | Error> {
  const client = createEtcdClient(address, context);
  const answer = await client.status();
  client.close();
  return isStatus(answer) ? (answer.leader ?? '0') : new Error(answer.silent ? 'it is silent' : 'it refuses');
}

const isStatus = (answer: GatewayStatus | NoAnswer): answer is GatewayStatus => 'header' in answer;
