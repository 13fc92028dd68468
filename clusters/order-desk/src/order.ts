/** An order as customers send it. Apart because gateway and order service refuse the same. */

/** An order. */
export interface Order {
  /** A whole number from 0 to 2^53 - 1; the same id is the same order. */
  readonly id: number;
  readonly channel: string;
  readonly amount: number;
}

/** An order from a request's body; undefined when it is none. */
export function parseOrder(text: string): Order | undefined {
  try {
    const { id, channel = 'shoppers', amount = 1 } = JSON.parse(text) as Record<string, unknown>;
    const whole = Number.isSafeInteger(id) && (id as number) >= 0 && Number.isInteger(amount);
    if (!whole || Math.abs(amount as number) > 2 ** 31 - 1 || typeof channel !== 'string') return undefined;
    return { id: id as number, channel, amount: amount as number };
  } catch {
    return undefined;
  }
}
