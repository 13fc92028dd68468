/** How a Service is called, from the annotations that stand on it. Apart because gateway and limits read the same texts that the simulator reads. */

/** A circuit breaker's figures. */
export interface BreakerPolicy {
  readonly errorRatioMin: number;
  readonly volumeMin: number;
  readonly windowMs: number;
  readonly sleepMs: number;
}

/** A Service's policy. */
export interface Policy {
  readonly balance: string;
  readonly timeoutMs: number;
  readonly retries: number;
  /** Retries per first try that may not be exceeded; absent: no budget. */
  readonly retryBudgetRatio?: number;
  readonly breaker?: BreakerPolicy;
  /** Requests per second by channel; `*` is any other. */
  readonly rateLimitRps: Readonly<Record<string, number>>;
  /** Port of the Service, and of the pods behind it. */
  readonly port: number;
  readonly podPort: number;
}

/** Texts by annotation name, and two ports. */
export type PolicyTexts = Readonly<Record<string, string | undefined>>;

/** A policy from its texts, with the defaults of docs/topology.md. */
export function readPolicy(texts: PolicyTexts): Policy {
  const number = (name: string, fallback: number) => Number(texts[name] ?? fallback);
  const budget = texts['retry-budget-ratio'];
  const breaker = texts.breaker === undefined ? undefined : pairs(texts.breaker);
  return {
    balance: texts.balance ?? 'round-robin',
    timeoutMs: number('timeout-ms', 1000),
    retries: number('retries', 0),
    ...(budget !== undefined && { retryBudgetRatio: Number(budget) }),
    ...(breaker !== undefined && {
      breaker: {
        errorRatioMin: breaker.errors ?? 0.5,
        volumeMin: breaker.volume ?? 20,
        windowMs: breaker['window-ms'] ?? 10_000,
        sleepMs: breaker['sleep-ms'] ?? 5_000,
      },
    }),
    rateLimitRps: pairs(texts['rate-limit'] ?? ''),
    port: number('port', 80),
    podPort: number('pod-port', 8080),
  };
}

/** `name=number,name=number`. */
function pairs(text: string): Readonly<Record<string, number>> {
  const words = text.split(',').map((word) => word.split('=').map((part) => part.trim()));
  return Object.fromEntries(words.flatMap(([key, value]) => (key && value ? [[key, Number(value)]] : [])));
}
