/** Brings images of this machine's engine into nodes, each read once and written to all nodes that lack it at the same time. Images that are not here are left for the nodes to pull. */
import type { Readable } from 'node:stream';
import type { Exec } from 'dockerode';
import { OperatingError } from '../../../base/errors.ts';
import type { Engine } from '../engine.ts';
import { localImage } from './local-images.ts';

/** Label in a node's image store: id of the engine's image that it came from. */
const idLabel = 'dev.elevenproof.id';
/** Writing some hundred MB into several nodes of a busy machine, ms. */
const loadLimitMs = 600_000;

/** What a load did. */
export interface Loaded {
  readonly images: readonly string[];
  /** Containers of the nodes that it was written into. */
  readonly nodes: readonly string[];
}

/** Loads what is missing; gives what was loaded. */
export async function loadImages(
  engine: Engine,
  images: readonly string[],
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<readonly Loaded[]> {
  const stores = await Promise.all(nodes.map(async (node) => ({ node, store: await readStore(engine, node) })));
  const found = await Promise.all(images.map(async (name) => ({ name, local: await localImage(engine, name) })));
  const missing = found.flatMap(({ name, local }) =>
    local === undefined ? [] : [{ name, id: local.id, nodes: nodesWithout(stores, name, local.id) }],
  );
  const together = sameNodes(missing.filter((image) => image.nodes.length > 0));
  for (const group of together) {
    signal.throwIfAborted();
    await loadInto(engine, group, signal);
  }
  return together.map((group) => ({ images: group.map(({ name }) => name), nodes: group[0]!.nodes }));
}

interface Missing {
  readonly name: string;
  readonly id: string;
  readonly nodes: readonly string[];
}

function nodesWithout(stores: readonly { readonly node: string; readonly store: string }[], name: string, id: string) {
  return stores.filter(({ store }) => !hasImage(store, name, id)).map(({ node }) => node);
}

/** Images that the same nodes lack travel in one archive: layers that they share are read and written once. */
function sameNodes(missing: readonly Missing[]): readonly (readonly Missing[])[] {
  const groups = new Map<string, Missing[]>();
  for (const image of missing) {
    const key = image.nodes.join(' ');
    groups.set(key, [...(groups.get(key) ?? []), image]);
  }
  return [...groups.values()];
}

/** The name by which a node's store knows an image: with registry and tag. */
export function storeName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const full = hasRegistry ? image : `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`;
  return /[:@][^/]*$/.test(full) ? full : `${full}:latest`;
}

/** Whether a store, as `ctr images ls` prints it, has an image: the very one, or one that came another way (pulled, or part of the node's image). */
export function hasImage(store: string, image: string, id: string): boolean {
  const line = store.split('\n').find((each) => each.split(/\s+/)[0] === storeName(image));
  const from = line === undefined ? undefined : new RegExp(`${idLabel.replaceAll('.', '\\.')}=([^,\\s]+)`).exec(line);
  return line !== undefined && (from === undefined || from === null || from[1] === id);
}

async function readStore(engine: Engine, node: string): Promise<string> {
  const { code, stdout, stderr } = await engine.exec(node, ['ctr', '-n', 'k8s.io', 'images', 'ls']);
  if (code !== 0) throw new OperatingError(`Failed to list the images of node ${node}: ${stderr.trim()}`);
  return stdout;
}

async function loadInto(engine: Engine, images: readonly Missing[], signal: AbortSignal): Promise<void> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(loadLimitMs)]);
  const nodes = images[0]!.nodes;
  try {
    const archive = await saveImages(
      engine,
      images.map(({ name }) => name),
    );
    const importers = await Promise.all(nodes.map((node) => startImport(engine, node)));
    const stop = () => archive.destroy(new Error('stopped'));
    limited.addEventListener('abort', stop, { once: true });
    for (const { input } of importers) {
      archive.once('error', () => input.end());
      archive.pipe(input);
    }
    await Promise.all(importers.map(({ done }) => done));
    limited.removeEventListener('abort', stop);
    limited.throwIfAborted();
  } catch (cause) {
    signal.throwIfAborted();
    const names = images.map(({ name }) => name).join(', ');
    const text = `Failed to load ${names} into ${nodes.join(', ')}: ${(cause as Error).message}`;
    throw new OperatingError(text, { cause });
  }
  for (const { name, id } of images) {
    const label = ['ctr', '-n', 'k8s.io', 'images', 'label', storeName(name), `${idLabel}=${id}`];
    await Promise.all(nodes.map((node) => engine.exec(node, label)));
  }
}

/** One archive of several images; the client library has a call for one only. */
function saveImages(engine: Engine, names: readonly string[]): Promise<Readable> {
  const options = {
    // The client writes the options behind the question mark.
    path: '/images/get?',
    method: 'GET',
    options: { names: [...names] },
    isStream: true,
    statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
  };
  return new Promise((resolve, reject) => {
    engine.docker.modem.dial(options, (error: unknown, stream: unknown) => {
      if (error) reject(error);
      else resolve(stream as Readable);
    });
  });
}

/** An import in a node that reads its standard input. */
async function startImport(engine: Engine, node: string) {
  const run = await engine.docker.getContainer(node).exec({
    Cmd: ['ctr', '-n', 'k8s.io', 'images', 'import', '-'],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const input = await run.start({ hijack: true, stdin: true });
  let said = '';
  input.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-2_000);
  });
  const done = new Promise<void>((resolve, reject) => {
    input.once('error', reject);
    input.once('close', () => {
      ended(run).then(
        (code) => (code === 0 ? resolve() : reject(new Error(`${node}: code ${code} ${said.trim()}`))),
        reject,
      );
    });
  });
  return { input, done };
}

/** The code of a command whose stream has closed: it may go on for a moment, or, where the engine closes a stream that was read to its end, for long. */
async function ended(run: Exec): Promise<number> {
  const endMs = performance.now() + loadLimitMs;
  while (performance.now() < endMs) {
    const { Running, ExitCode } = await run.inspect();
    if (!Running) return ExitCode ?? -1;
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error(`it did not end within ${loadLimitMs / 1000} s`);
}
