/** Puts the tighter configuration into the load balancer of a site's API servers. Apart because it knows how each of kind's two load balancers is told; both keep it over a restart, as it lies in their container. */
import { OperatingError } from '../../../base/errors.ts';
import type { Engine } from '../engine.ts';
import type { SiteGround } from '../ground.ts';
import { envoyConfig, envoyPath } from './envoy-config.ts';
import { type ApiServer, haproxyConfig, haproxyPath } from './haproxy-config.ts';

/** The step of kind after which its configuration stands and is not written again. Nobody uses it yet, so that it is tightened beside kind's further work. */
export const configuredStep = 'Configuring the external load balancer';

/** Tightens the checks. Nothing to do for a site with one control plane. Throws an OperatingError when the load balancer does not take the configuration. */
export async function tightenApiLoadBalancer(
  site: SiteGround,
  kind: 'haproxy' | 'envoy',
  engine: Engine,
): Promise<void> {
  const container = site.apiLoadBalancer?.container;
  if (container === undefined) return;
  const servers = site.machines
    .filter(({ role }) => role === 'control-plane')
    .map(({ container: name, address }) => ({ name, address }));
  const run = (command: readonly string[], input?: string) => runIn(engine, container, command, input);
  if (kind === 'envoy') return tightenEnvoy(servers, run);
  await tightenHaproxy(servers, run);
  // Not by a reload (SIGHUP): the old process would keep the connections that it has, and judge their servers by the old checks.
  await engine.kill(container);
  await engine.start(container);
}

type Run = (command: readonly string[], input?: string) => Promise<string>;

async function runIn(engine: Engine, container: string, command: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await engine.exec(container, command, input === undefined ? {} : { input });
  if (code === 0) return stdout;
  throw new OperatingError(`Failed to configure the load balancer ${container}: \`${command.join(' ')}\`: ${stderr}`);
}

/** Its own check of the file comes first: it would not come up with a bad one. */
async function tightenHaproxy(servers: readonly ApiServer[], run: Run): Promise<void> {
  const draft = `${haproxyPath}.new`;
  const text = haproxyConfig(servers);
  await run(['cp', '/dev/stdin', draft], text);
  await run(['haproxy', '-c', '-f', draft]);
  await run(['cp', draft, haproxyPath]);
}

/** Moved to its place in one step, which is what envoy watches for. */
async function tightenEnvoy(servers: readonly ApiServer[], run: Run): Promise<void> {
  const text = envoyConfig(await run(['cat', envoyPath]), servers);
  const draft = `${envoyPath}.new`;
  await run(['cp', '/dev/stdin', draft], text);
  await run(['sh', '-c', `chmod 666 ${draft} && mv ${draft} ${envoyPath}`]);
}
