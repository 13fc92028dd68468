/** How long one request's own work takes: log-normal by median and 99th percentile. Apart because it is arithmetic. */

/** Standard deviations from the median to the 99th percentile. */
const z99 = 2.3263478740408408;

/** A sample in ms. `random` gives numbers from 0 (included) to 1. */
export function sampleServiceTime(p50Ms: number, p99Ms: number, random: () => number = Math.random): number {
  if (p99Ms <= p50Ms) return p50Ms;
  const sigma = Math.log(p99Ms / p50Ms) / z99;
  const z = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return p50Ms * Math.exp(sigma * z);
}
