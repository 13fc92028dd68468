/** Who leads etcd, by every member's own word. Apart because it is asked of etcd and not of the API server, which may be down or may answer from a cache. */
import { request } from 'node:https';
import { OperatingError } from '../../../base/errors.ts';
import type { Engine } from '../engine.ts';
import type { Machine, SiteGround } from '../ground.ts';

/** What lets us ask a member: certificates as PEM. */
interface Identity {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Asks every member of a site which one leads. */
export interface LeaderQuestion {
  /** What keeps the members from agreeing, in words; undefined when all name the same leader. */
  disagreement(): Promise<string | undefined>;
}

const folder = '/etc/kubernetes/pki/etcd';
const answerMsMax = 3000;

/** A question to the members of a site; certificates are read at the first time and kept. */
export function createLeaderQuestion(site: SiteGround, engine: Engine): LeaderQuestion {
  const members = site.machines.filter(({ role }) => role === 'control-plane');
  const identities = new Map<string, Promise<Identity>>();
  const identity = (member: Machine) => {
    const known = identities.get(member.container) ?? readIdentity(member.container, engine);
    identities.set(member.container, known);
    known.catch(() => identities.delete(member.container));
    return known;
  };
  return {
    disagreement: async () => {
      const answers = await Promise.all(
        members.map(async (member) => leaderBy(member, await identity(member)).catch((error: Error) => error)),
      );
      return disagreementOf(members.map((member, i) => ({ node: member.node, answer: answers[i]! })));
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

async function readIdentity(container: string, engine: Engine): Promise<Identity> {
  const read = async (file: string) => {
    const { code, stdout, stderr } = await engine.exec(container, ['cat', `${folder}/${file}`]);
    if (code !== 0) throw new OperatingError(`Failed to read ${file} of etcd on ${container}: ${stderr.trim()}`);
    return stdout;
  };
  const [ca, cert, key] = await Promise.all([
    read('ca.crt'),
    read('healthcheck-client.crt'),
    read('healthcheck-client.key'),
  ]);
  return { ca: ca!, cert: cert!, key: key! };
}

/** The leader's id in decimal: 64 bits, so it stays text. */
function leaderBy({ address }: Machine, identity: Identity): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(answerMsMax);
    const path = '/v3/maintenance/status';
    const asked = request({ host: address, port: 2379, path, method: 'POST', agent: false, signal, ...identity });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('error', reject);
      response.on('end', () => {
        const leader = /"leader":\s*"(\d+)"/.exec(body)?.[1];
        if (leader !== undefined) resolve(leader);
        // An answer without a leader leaves the field out, as its value is 0.
        else if (response.statusCode === 200) resolve('0');
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    asked.end('{}');
  });
}
