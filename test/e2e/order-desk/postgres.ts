/** A real PostgreSQL of the machine, started and killed at will. Apart because finding and owning it is not what is tested. */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folder of PostgreSQL's programs (Debian's newest); undefined when there is none. */
export function findPostgres(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/** A database server. */
export interface Postgres {
  readonly port: number;
  start(): void;
  /** SIGKILL to the server and everything that it has started. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** A new, empty server that is not running. It refuses root, so root lends it the account `postgres`. */
export async function createPostgres(bin: string, settings: readonly string[]): Promise<Postgres> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'elevenproof-postgres-'));
  const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], {
    ...owner,
    cwd: folder,
    stdio: 'ignore',
  });
  const args = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1'];
  let pid = 0;
  const kill = async () => {
    for (const each of [pid, ...childrenOf(pid)]) signal(each);
    while (existsSync(`/proc/${pid}`)) await new Promise((next) => setTimeout(next, 20));
    rmSync(join(data, 'postmaster.pid'), { force: true });
  };
  return {
    port,
    start: () => {
      const options = { ...owner, cwd: folder, stdio: 'ignore' as const };
      pid = spawn(join(bin, 'postgres'), [...args, ...settings.flatMap((each) => ['-c', each])], options).pid ?? 0;
    },
    kill,
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}

function childrenOf(pid: number): readonly number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').map(Number).filter(Boolean) : [];
}

function signal(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by itself.
  }
}
