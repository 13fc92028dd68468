/** The container engine as the kind platform needs it: commands in containers, their life and death, and who they are. Apart so that everything else speaks of containers and not of an API. */
import { PassThrough } from 'node:stream';
import type Dockerode from 'dockerode';
import { OperatingError } from '../../base/errors.ts';

/** What came of a command in a container. */
export interface Executed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A container as it stands now. */
export interface ContainerState {
  readonly id: string;
  readonly running: boolean;
  readonly paused: boolean;
  /** Process id of its first process on the host; 0 when it does not run. */
  readonly pid: number;
  /** When it last started, ms of the wall clock; its change proves a restart. */
  readonly startedAtMs: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Addresses by network. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Published ports: `6443/tcp` → port on the host. */
  readonly ports: Readonly<Record<string, number>>;
}

/** The container engine. Every call that names a container which is not there throws an OperatingError, except where said. */
export interface Engine {
  /** Runs a command in a running container. A code other than 0 is given, not thrown. Throws when it does not end within `limitMs` (20 s unless said). */
  exec(container: string, command: readonly string[], options?: ExecOptions): Promise<Executed>;
  /** Undefined when there is no such container. */
  state(container: string): Promise<ContainerState | undefined>;
  kill(container: string, signal?: string): Promise<void>;
  start(container: string): Promise<void>;
  stop(container: string, graceSeconds?: number): Promise<void>;
  pause(container: string): Promise<void>;
  unpause(container: string): Promise<void>;
  /** Removes a container and its anonymous volumes; one that is gone already is no error. */
  remove(container: string): Promise<void>;
  /** The client underneath, for what is asked in one place only. */
  readonly docker: Dockerode;
}

/** How a command is run. */
export interface ExecOptions {
  readonly input?: string;
  readonly limitMs?: number;
}

const execLimitMs = 20_000;

/** Connects to the engine that the environment names (DOCKER_HOST, context, socket). Throws an OperatingError when none answers. */
export async function connectEngine(): Promise<Engine> {
  // Undo after a crash is ours, by journal and label: a reaper that removes containers when this process dies would take it away.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  const { getContainerRuntimeClient } = await import('testcontainers');
  try {
    const client = await getContainerRuntimeClient();
    return createEngine(client.container.dockerode);
  } catch (cause) {
    throw new OperatingError('No container engine answers', { cause, hint: 'Start Docker, then: elevenproof doctor' });
  }
}

/** An engine over a connected client. */
export function createEngine(docker: Dockerode): Engine {
  const known = (name: string) => docker.getContainer(name);
  const act = async (verb: string, container: string, work: () => Promise<unknown>, harmless: readonly number[]) => {
    try {
      await work();
    } catch (cause) {
      const { statusCode, message } = cause as { statusCode?: number; message?: string };
      if (statusCode !== undefined && harmless.includes(statusCode)) return;
      throw new OperatingError(`Failed to ${verb} container ${container}: ${message}`, { cause });
    }
  };
  return {
    docker,
    exec: (container, command, options = {}) => exec(docker, container, command, options),
    state: (container) => state(docker, container),
    kill: (name, signal = 'SIGKILL') => act('kill', name, () => known(name).kill({ signal }), []),
    start: (name) => act('start', name, () => known(name).start(), [304]),
    stop: (name, graceSeconds = 15) => act('stop', name, () => known(name).stop({ t: graceSeconds }), [304]),
    pause: (name) => act('pause', name, () => known(name).pause(), []),
    unpause: (name) => act('unpause', name, () => known(name).unpause(), []),
    remove: (name) => act('remove', name, () => known(name).remove({ force: true, v: true }), [404, 409]),
  };
}

async function exec(docker: Dockerode, container: string, command: readonly string[], options: ExecOptions) {
  const words = command.join(' ').slice(0, 120);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limitMs = options.limitMs ?? execLimitMs;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([execute(docker, container, command, options), late]);
  } catch (cause) {
    throw new OperatingError(`Failed to run \`${words}\` in container ${container}: ${(cause as Error).message}`, {
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function execute(
  docker: Dockerode,
  container: string,
  command: readonly string[],
  { input }: ExecOptions,
): Promise<Executed> {
  const run = await docker.getContainer(container).exec({
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
    AttachStdin: input !== undefined,
  });
  const stream = await run.start({ hijack: true, stdin: input !== undefined });
  const out = collect();
  const err = collect();
  docker.modem.demuxStream(stream, out.sink, err.sink);
  if (input !== undefined) stream.end(input);
  await new Promise<void>((resolve, reject) => {
    stream.on('end', resolve);
    stream.on('close', resolve);
    stream.on('error', reject);
  });
  const { ExitCode } = await run.inspect();
  return { code: ExitCode ?? -1, stdout: out.text(), stderr: err.text() };
}

function collect(): { readonly sink: PassThrough; text(): string } {
  const chunks: Buffer[] = [];
  const sink = new PassThrough();
  sink.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { sink, text: () => Buffer.concat(chunks).toString('utf8') };
}

async function state(docker: Dockerode, container: string): Promise<ContainerState | undefined> {
  try {
    const info = await docker.getContainer(container).inspect();
    const networks = Object.entries(info.NetworkSettings.Networks);
    const ports = Object.entries(info.NetworkSettings.Ports ?? {});
    return {
      id: info.Id,
      running: info.State.Running && !info.State.Restarting,
      paused: info.State.Paused,
      pid: info.State.Pid,
      startedAtMs: Date.parse(info.State.StartedAt),
      labels: info.Config.Labels ?? {},
      addresses: Object.fromEntries(networks.map(([name, network]) => [name, network.IPAddress])),
      ports: Object.fromEntries(
        ports.flatMap(([port, bound]) => (bound?.[0] ? [[port, Number(bound[0].HostPort)]] : [])),
      ),
    };
  } catch (cause) {
    if ((cause as { statusCode?: number }).statusCode === 404) return undefined;
    throw new OperatingError(`Failed to inspect container ${container}: ${(cause as Error).message}`, { cause });
  }
}
