/** Calls to a Service as its policy says: time-outs, retries within their budget, breaker, balance. */
import { createBalance } from './balance.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import { makeTry, type Tried } from './one-try.ts';
import { createPeers } from './peers.ts';
import type { Policy } from './policy.ts';
import { createRetryBudget } from './retry-budget.ts';

/** Calls one Service. */
export interface Caller {
  /** The outcome after all tries. A call of which any try may have been done, and none succeeded, is open. */
  call(path: string, body: string): Promise<Tried>;
  /** Absent when the policy has none. */
  readonly breaker?: Breaker;
}

/** Rules by which the caller itself picks a pod; the others leave it to the cluster, which draws one per connection. */
const ownRules = ['least-requests', 'weighted-response-time'];

/** A caller of a Service by its name in the same namespace. */
export function createCaller(service: string, policy: Policy): Caller {
  const budget = createRetryBudget(policy.retryBudgetRatio);
  const breaker = policy.breaker === undefined ? undefined : createBreaker(policy.breaker);
  const peers = ownRules.includes(policy.balance) ? createPeers(service) : undefined;
  const balance = createBalance(policy.balance, { host: service, port: policy.port }, policy.podPort, peers);
  const once = async (path: string, body: string): Promise<Tried> => {
    if (breaker?.allows() === false) return { kind: 'failed', reason: 'broken' };
    const startMs = performance.now();
    const { host, port, done } = balance.choose();
    const tried = await makeTry({ host, port, path, body, timeoutMs: policy.timeoutMs });
    done(performance.now() - startMs);
    breaker?.record(tried.kind === 'answer');
    return tried;
  };
  return {
    ...(breaker !== undefined && { breaker }),
    call: async (path, body) => {
      budget.earn();
      let tried = await once(path, body);
      let open = tried.kind === 'open';
      for (let left = policy.retries; left > 0 && tried.kind !== 'answer' && budget.spend(); left--) {
        tried = await once(path, body);
        open ||= tried.kind === 'open';
      }
      return tried.kind === 'failed' && open ? { kind: 'open' } : tried;
    },
  };
}
