/** The kind program as typed calls. One function per command; none keeps state, kind's labels on containers are the state. */
import { validateClusterName } from './names.ts';
import { type Call, type Program, runKind } from './run-kind.ts';
import { parseStep, type Step } from './steps.ts';
import { type KindVersion, parseVersion } from './version.ts';

/** How every call can be bounded. */
export interface CallOptions {
  /** Ends kind and everything that it started; the call then throws the signal's reason. What kind had made by then stays: delete the cluster. */
  readonly signal?: AbortSignal;
  /** How long it may take, ms. */
  readonly limitMs?: number;
}

/** A cluster to be made. */
export interface CreateOptions extends CallOptions {
  readonly name: string;
  /** kind's own configuration (kind.x-k8s.io/v1alpha4) as plain data; absent: one node. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Node image of every node that the configuration gives none. */
  readonly image?: string;
  /** File that the kubeconfig is written to. It must be named, so that nobody's own is changed. */
  readonly kubeconfig: string;
  /** How long kind itself waits for the control planes to be Ready, s. It looks at no worker and only warns when it is over. 0: not at all. */
  readonly waitSeconds?: number;
  /** Leaves the nodes of a cluster that failed, for a look at them. */
  readonly retain?: boolean;
  /** Told of each step as kind prints it. */
  readonly onStep?: (step: Step) => void;
}

/** The kind program. Every call throws an InputError for a name that is not valid or not ours, an OperatingError with the end of kind's output when it fails. */
export interface Kind {
  version(options?: CallOptions): Promise<KindVersion>;
  create(options: CreateOptions): Promise<void>;
  /** Harmless when there is no such cluster. `kubeconfig` is the file that its entry is taken out of. */
  delete(name: string, options: CallOptions & { readonly kubeconfig: string }): Promise<void>;
  /** Names of the clusters that begin with our prefix, sorted. Stopped ones are among them. */
  list(options?: CallOptions): Promise<readonly string[]>;
  /** Names of a cluster's containers, its load balancer among them; empty when there is no such cluster. */
  nodes(name: string, options?: CallOptions): Promise<readonly string[]>;
  /** The kubeconfig as YAML; `internal` is for use from within the cluster's network. */
  kubeconfig(name: string, options?: CallOptions & { readonly internal?: boolean }): Promise<string>;
  /** Copies images of the host into nodes; all of them unless named. */
  loadImages(
    name: string,
    images: readonly string[],
    options?: CallOptions & { readonly nodes?: readonly string[] },
  ): Promise<void>;
  /** Writes the logs of all nodes into a folder. */
  exportLogs(name: string, folder: string, options?: CallOptions): Promise<void>;
}

/** Which program, and whose clusters. */
export interface KindOptions {
  /** Absent: `kind` of the PATH. */
  readonly binary?: string;
  /** Put on top of this process's environment, such as KIND_EXPERIMENTAL_DOCKER_NETWORK. */
  readonly env?: Readonly<Record<string, string>>;
  /** Clusters whose names begin with it are ours; others are neither listed nor touched. Absent: all are. */
  readonly prefix?: string;
}

/** Limits, ms, several times what a busy machine of two cores takes. */
const limits = { ask: 30_000, create: 900_000, delete: 120_000, load: 600_000, logs: 180_000 };

/** The kind program. Nothing is started yet. */
export function createKind({ binary = 'kind', env = {}, prefix = '' }: KindOptions = {}): Kind {
  const program: Program = { binary, env };
  const run = (
    deed: string,
    args: readonly string[],
    limitMs: number,
    options: CallOptions,
    more: Partial<Call> = {},
  ) => runKind(program, { deed, args, limitMs: options.limitMs ?? limitMs, signal: options.signal, ...more });
  const own = (name: string) => {
    validateClusterName(name, prefix);
    return ['--name', name];
  };
  return {
    version: async (options = {}) => parseVersion(await run("read kind's version", ['version'], limits.ask, options)),
    create: (options) => create(run, [...own(options.name), ...createArgs(options)], options),
    delete: async (name, options) => {
      const args = ['delete', 'cluster', ...own(name), '--kubeconfig', options.kubeconfig];
      await run(`delete cluster ${name}`, args, limits.delete, options);
    },
    list: async (options = {}) => {
      const names = lines(await run('list clusters', ['get', 'clusters'], limits.ask, options));
      return names.filter((name) => name.startsWith(prefix)).sort();
    },
    nodes: async (name, options = {}) =>
      lines(await run(`list nodes of cluster ${name}`, ['get', 'nodes', ...own(name)], limits.ask, options)),
    kubeconfig: (name, options = {}) => {
      const args = ['get', 'kubeconfig', ...own(name), ...(options.internal === true ? ['--internal'] : [])];
      return run(`read the kubeconfig of cluster ${name}`, args, limits.ask, options);
    },
    loadImages: async (name, images, options = {}) => {
      const nodes = options.nodes === undefined ? [] : ['--nodes', options.nodes.join(',')];
      const args = ['load', 'docker-image', ...images, ...own(name), ...nodes];
      await run(`load images into cluster ${name}`, args, limits.load, options);
    },
    exportLogs: async (name, folder, options = {}) => {
      await run(`export logs of cluster ${name}`, ['export', 'logs', folder, ...own(name)], limits.logs, options);
    },
  };
}

type Run = (
  deed: string,
  args: readonly string[],
  limitMs: number,
  options: CallOptions,
  more?: Partial<Call>,
) => Promise<string>;

async function create(run: Run, args: readonly string[], options: CreateOptions): Promise<void> {
  const onLine = (line: string) => {
    const step = parseStep(line);
    if (step !== undefined) options.onStep?.(step);
  };
  // JSON is YAML, so the configuration needs no writer of its own.
  const input = options.config === undefined ? {} : { input: JSON.stringify(options.config) };
  await run(`create cluster ${options.name}`, ['create', 'cluster', ...args], limits.create, options, {
    ...input,
    onLine,
  });
}

function createArgs({ config, image, kubeconfig, waitSeconds = 0, retain = false }: CreateOptions): readonly string[] {
  return [
    ...['--kubeconfig', kubeconfig],
    ...(config === undefined ? [] : ['--config', '-']),
    ...(image === undefined ? [] : ['--image', image]),
    ...(waitSeconds > 0 ? ['--wait', `${waitSeconds}s`] : []),
    ...(retain ? ['--retain'] : []),
  ];
}

/** kind says "No kind clusters found." on its standard error, so what is left is names. */
function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
