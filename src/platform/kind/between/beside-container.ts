/** A container beside the clusters, at its address for good. Apart because the library that starts it is heavy and loads only here, and because finding one again is the same for all. */
import { createHash } from 'node:crypto';
import type { WaitStrategy } from 'testcontainers';
import { OperatingError } from '../../../base/errors.ts';
import { type Beside, pairLabel } from '../ground.ts';
import { imagesVariable, parseImages } from '../images.ts';
import type { KindWorld } from '../world.ts';

/** What to start. */
export interface BesideSpec {
  readonly beside: Beside;
  /** Upstream name; the user may have put another in its place. */
  readonly image: string;
  readonly command?: readonly string[];
  /** Files in it, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Ports inside it that are published on 127.0.0.1, at a port that the engine chooses. */
  readonly published?: readonly number[];
  /** It is ready once this answers 200. */
  readonly readyUrl: string;
}

/** Label that tells what a container was made from: another plan needs another container. */
const planLabel = 'dev.elevenproof.plan';

const readyLimitMs = 30_000;

/** Starts it, or finds it again by its name: one made from the same plan is kept and started when it stopped, another one is replaced. Throws an OperatingError when it is not ready within 30 s. */
export async function startBeside(world: KindWorld, spec: BesideSpec, signal: AbortSignal): Promise<void> {
  const { engine } = world;
  const { container } = spec.beside;
  const image = parseImages(process.env[imagesVariable])(spec.image);
  const plan = createHash('sha256')
    .update(JSON.stringify({ ...spec, image }))
    .digest('hex');
  const found = await engine.state(container);
  if (found !== undefined && found.labels[planLabel] !== plan) await engine.remove(container);
  if (found !== undefined && found.labels[planLabel] === plan) await engine.start(container);
  else await create(world, spec, image, plan);
  await ready(spec, signal);
}

/** We ask the container ourselves, at its own address: the library asks published ports, or a shell that small images lack. */
const noWait: WaitStrategy = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => noWait,
  isStartupTimeoutSet: () => false,
  getStartupTimeout: () => readyLimitMs,
};

async function create(world: KindWorld, spec: BesideSpec, image: string, plan: string): Promise<void> {
  const { GenericContainer } = await import('testcontainers');
  const { network, id } = world.ground;
  const { container, address } = spec.beside;
  /** The library has no option for a fixed address and none for a restart policy; its options are open to those who extend it. */
  class BesideContainer extends GenericContainer {
    constructor() {
      super(image);
      this.withName(container)
        .withLabels({ [pairLabel]: id, [planLabel]: plan })
        .withNetworkMode(network)
        .withWaitStrategy(noWait)
        .withAutoCleanup(false)
        .withCopyContentToContainer(
          Object.entries(spec.files ?? {}).map(([target, content]) => ({ target, content, mode: 0o644 })),
        );
      if (spec.command !== undefined) this.withCommand([...spec.command]);
      const endpoint = { [network]: { IPAMConfig: { IPv4Address: address } } };
      this.createOpts = { ...this.createOpts, NetworkingConfig: { EndpointsConfig: endpoint } };
      const ports = (spec.published ?? []).map((port) => `${port}/tcp`);
      this.createOpts.ExposedPorts = Object.fromEntries(ports.map((port) => [port, {}]));
      this.hostConfig = {
        ...this.hostConfig,
        RestartPolicy: { Name: 'unless-stopped' },
        PortBindings: Object.fromEntries(ports.map((port) => [port, [{ HostIp: '127.0.0.1', HostPort: '' }]])),
      };
    }
  }
  try {
    await new BesideContainer().start();
  } catch (cause) {
    throw new OperatingError(`Failed to start container ${container} from ${image}: ${(cause as Error).message}`, {
      cause,
      hint: `Is the image there? docker pull ${image}; another name: ${imagesVariable}=${spec.image}=…`,
    });
  }
}

async function ready({ readyUrl, beside }: BesideSpec, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + readyLimitMs;
  while (performance.now() < endMs) {
    signal.throwIfAborted();
    const answer = await fetch(readyUrl, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    await answer?.text().catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new OperatingError(`Container ${beside.container} did not answer ${readyUrl} within ${readyLimitMs / 1000} s`, {
    hint: `docker logs ${beside.container}`,
  });
}
