/** Asks one etcd member over a kept connection. Its gateway speaks JSON, so that no command has to be started in a container for an answer. */
import { Agent } from 'node:https';
import type { SecureContext } from 'node:tls';
import { call } from './call.ts';

/** A member's status as the gateway says it; 64-bit numbers are text. */
export interface GatewayStatus {
  readonly header: { readonly member_id: string };
  readonly leader?: string;
  readonly raftTerm?: string;
  readonly raftIndex?: string;
  readonly raftAppliedIndex?: string;
  readonly isLearner?: boolean;
}

/** A member list as the gateway says it. */
export interface GatewayMembers {
  readonly members?: readonly {
    readonly ID: string;
    readonly name?: string;
    readonly peerURLs?: readonly string[];
    readonly isLearner?: boolean;
  }[];
}

/** No answer: it was silent until the limit, or said something else. */
export interface NoAnswer {
  readonly silent: boolean;
}

/** A connection to one member; made anew by itself when it is lost. Its questions never reject. */
export interface EtcdClient {
  status(): Promise<GatewayStatus | NoAnswer>;
  members(): Promise<GatewayMembers | NoAnswer>;
  close(): void;
}

const port = 2379;
/** Nothing within this time counts as no answer, ms. A shorter limit would take a busy host for a dead member; a longer one is seen later, with the same stamp. */
const limitMs = 1_000;
/** Every member's certificate has this name, whatever its address is now. */
const servername = 'localhost';

/** A client of the member at this address. */
export function createEtcdClient(address: string, secureContext: SecureContext): EtcdClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async <T>(path: string, body: string): Promise<T | NoAnswer> => {
    const question = { agent, address, port, servername, secureContext, method: 'POST', path, body, limitMs } as const;
    const { status, text, timedOut } = await call(question);
    return status === 200 ? (JSON.parse(text) as T) : { silent: timedOut };
  };
  return {
    status: () => ask<GatewayStatus>('/v3/maintenance/status', '{}'),
    members: () => ask<GatewayMembers>('/v3/cluster/member/list', '{"linearizable":false}'),
    close: () => agent.destroy(),
  };
}
