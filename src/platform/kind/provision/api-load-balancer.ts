/** Puts the tighter configuration into the load balancer of a site's API servers. Apart because it knows how each of kind's two load balancers is told; both keep it over a restart, as it lies in their container. */
import { OperatingError } from '../../../base/errors.ts';
import type { Engine } from '../engine.ts';
import type { SiteGround } from '../ground.ts';
import { envoyConfig, envoyPath } from './envoy-config.ts';
import { type ApiServer, haproxyConfig, haproxyPath } from './haproxy-config.ts';

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
  await (kind === 'haproxy' ? tightenHaproxy(servers, run) : tightenEnvoy(servers, run));
  if (kind === 'haproxy') await engine.kill(container, 'SIGHUP');
}

type Run = (command: readonly string[], input?: string) => Promise<string>;

async function runIn(engine: Engine, container: string, command: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await engine.exec(container, command, input === undefined ? {} : { input });
  if (code === 0) return stdout;
  throw new OperatingError(`Failed to configure the load balancer ${container}: \`${command.join(' ')}\`: ${stderr}`);
}

/** Its check of the file comes first: a reload with a bad one would be refused in its log alone. */
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
