/** What a pod says of itself to Prometheus. Apart because names and buckets are a contract with the autoscaler and with observers. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The pod's metrics. */
export interface Metrics {
  readonly registry: Registry;
  /** Orders acknowledged here; 0 from the start, so that a rate is there from the second scrape on. */
  readonly orders: Counter;
  /** Seconds from arrival to answer, by status. */
  readonly seconds: Histogram<'status'>;
  /** 0 closed, 1 half open, 2 open. */
  readonly breaker: Gauge<'service'>;
}

/** Metrics at zero. */
export function createMetrics(inFlight: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'requests_in_flight',
    help: 'Requests that are worked on or wait',
    registers,
    collect() {
      this.set(inFlight());
    },
  });
  return {
    registry,
    orders: new Counter({ name: 'orders_total', help: 'Orders acknowledged', registers }),
    seconds: new Histogram({
      name: 'request_duration_seconds',
      help: 'Time from arrival to answer',
      labelNames: ['status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    breaker: new Gauge({
      name: 'breaker_state',
      help: 'Circuit breaker before a service: 0 closed, 1 half open, 2 open',
      labelNames: ['service'],
      registers,
    }),
  };
}
