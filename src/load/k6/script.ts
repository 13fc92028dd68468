/** The script that k6 plays: one open scenario per channel, held back until it is let go. Apart because it is text of another program's language; what it needs is data inside it. */
import { channelHeader, failureHeader, orderHeader, siteHeader } from '../../domain/access-log.ts';
import { type Stages, timeUnitSeconds } from './stages.ts';

/** What a script plays. */
export interface ScriptPlan {
  /** Where orders go: POST `{url}/orders`. */
  readonly url: string;
  readonly timeoutMs: number;
  /** Where it asks for leave to start, and by which it sees that whoever started it is still there. */
  readonly gateUrl: string;
  readonly channels: readonly ScriptChannel[];
}

/** One channel of it. */
export interface ScriptChannel extends Stages {
  readonly name: string;
  /** Number of the order of iteration 0. */
  readonly firstOrder: number;
  readonly users: number;
}

/** The script's text. `setup` waits for leave: users are made by then, so the first request follows within milliseconds. A watching user ends the test when the gate breaks, so that no load outlives whoever started it. */
export function scriptText(plan: ScriptPlan): string {
  const { url, timeoutMs, gateUrl } = plan;
  return `import exec from 'k6/execution';
import http from 'k6/http';

const channels = ${JSON.stringify(plan.channels.map(({ name, firstOrder }) => ({ name, firstOrder })))};
const forever = { timeout: '24h', headers: {} };

const options = ${JSON.stringify({ ...settings, scenarios: scenariosOf(plan) })};

function setup() {
  if (http.get('${gateUrl}/start', forever).status !== 200) exec.test.abort('nobody lets it start');
}

function watch() {
  http.get('${gateUrl}/watch', forever);
  exec.test.abort('nobody watches it any more');
}

function ask(channel) {
  const iteration = exec.scenario.iterationInTest;
  const { name, firstOrder } = channels[channel];
  const id = firstOrder + iteration;
  console.log('s ' + channel + ' ' + iteration + ' ' + Date.now());
  const { status, error_code, timings, headers } = http.post('${url}/orders', JSON.stringify({ id, channel: name }), {
    timeout: ${Math.round(timeoutMs)},
    headers: { 'content-type': 'application/json', '${orderHeader}': String(id), '${channelHeader}': name },
  });
  const tookMs = timings.blocked + timings.connecting + timings.tls_handshaking + timings.duration;
  const said = (header) => encodeURIComponent(headers[header] || '-') || '-';
  console.log('e ' + channel + ' ' + iteration + ' ' + Date.now() + ' ' + Math.round(10 * tookMs) + ' ' + status + ' ' + (error_code || 0)
    + ' ' + said('${canonical(siteHeader)}') + ' ' + said('${canonical(failureHeader)}'));
}
${plan.channels.map((_, i) => `const ask${i} = () => ask(${i});`).join('\n')}

export { options, setup, watch, ${plan.channels.map((_, i) => `ask${i}`).join(', ')} };
`;
}

/** Every customer is somebody else: each request opens its own connection, so that no server keeps what a balancer would have given to another. */
const settings = {
  noConnectionReuse: true,
  discardResponseBodies: true,
  setupTimeout: '24h',
  summaryTrendStats: ['min', 'med', 'p(95)', 'p(99)', 'max'],
} as const;

function scenariosOf({ channels }: ScriptPlan) {
  const asking = channels.map(({ startRate, stages, users }, i) => [
    `channel${i}`,
    {
      executor: 'ramping-arrival-rate',
      exec: `ask${i}`,
      startRate,
      timeUnit: `${timeUnitSeconds}s`,
      stages,
      preAllocatedVUs: users,
      maxVUs: users,
      gracefulStop: '0s',
    },
  ]);
  const watching = { executor: 'per-vu-iterations', exec: 'watch', vus: 1, iterations: 1, maxDuration: '24h' };
  return { ...Object.fromEntries(asking), watching };
}

/** `X-Site`: the spelling under which k6 gives headers of answers. */
function canonical(header: string): string {
  return header.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
