/** A database session that outlives its connections: it enters by whichever node of the site lets it in, gives every statement a limit, and begins anew after a failure. Apart because set-up, observation, verbs and audit all need just that. */
import type { Client } from 'pg';
import { OperatingError } from '../../../base/errors.ts';
import { firstThatAccepts } from './accepts.ts';

/** A row as the library gives it; 64-bit numbers come as text. */
export type Row = Readonly<Record<string, unknown>>;

/** A session. */
export interface Session {
  /** Throws an OperatingError when nobody lets it in, or when the statement fails or takes longer than `limitMs` (2 s unless said). `sqlState` of the cause tells which. */
  query(sql: string, values?: readonly unknown[], limitMs?: number): Promise<readonly Row[]>;
  close(): void;
}

/** Where a session may enter. */
export interface Doors {
  /** For messages: `east/postgres`. */
  readonly key: string;
  /** In order of preference; asked anew for each connection. */
  addresses(): Promise<{ readonly hosts: readonly string[]; readonly port: number }>;
  credentials(): Promise<{ readonly user: string; readonly password: string; readonly database: string }>;
}

/** How a session presents itself. */
export interface SessionOptions {
  /** application_name: by it our own sessions are told from applications. */
  readonly name: string;
  /** Writes also where applications may not (a fenced database). */
  readonly privileged?: boolean;
}

/** Our own sessions that a fence leaves alone. */
export const privilegedName = 'elevenproof';

const connectLimitMs = 3_000;
const statementLimitMs = 2_000;

/** A session; it connects with the first query. Queries run one after the other. */
export function createSession(doors: Doors, { name, privileged = false }: SessionOptions): Session {
  let client: Client | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let preferred: string | undefined;
  const drop = () => {
    const gone = client;
    client = undefined;
    if (gone !== undefined) hangUp(gone);
  };
  const enter = async (): Promise<Client> => {
    if (client !== undefined) return client;
    const { hosts, port } = await doors.addresses();
    const host = await firstThatAccepts(hosts, port, preferred);
    const options = privileged ? '-c default_transaction_read_only=off' : undefined;
    const entered = await connectTo({ host, port, ...(await doors.credentials()), application_name: name, options });
    entered.on('error', () => {
      if (client === entered) drop();
    });
    preferred = host;
    client = entered;
    return entered;
  };
  const run = async (sql: string, values: readonly unknown[], limitMs: number) => {
    try {
      const entered = await enter();
      const { rows } = await within(limitMs, entered.query(sql, [...values]));
      return rows as readonly Row[];
    } catch (cause) {
      if (isBroken(cause)) drop();
      throw new OperatingError(`Failed to ask database ${doors.key}: ${(cause as Error).message}`, { cause });
    }
  };
  return {
    query: (sql, values = [], limitMs = statementLimitMs) => {
      const result = last.then(() => run(sql, values, limitMs));
      last = result.catch(() => undefined);
      return result;
    },
    close: drop,
  };
}

/** Leaves at once. The library's own end waits for an answer of a peer that may be dead; its socket is reachable by a field that its types do not name. */
function hangUp(client: Client): void {
  const { connection } = client as unknown as { connection?: { stream?: { destroy(): void } } };
  connection?.stream?.destroy();
}

async function connectTo(config: Readonly<Record<string, unknown>>): Promise<Client> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ ...config, connectionTimeoutMillis: connectLimitMs, keepAlive: true });
  // Without a listener an error of a connection that is being made would end the process.
  client.on('error', () => undefined);
  try {
    await within(connectLimitMs + 500, client.connect());
    return client;
  } catch (cause) {
    hangUp(client);
    throw cause;
  }
}

/** Codes of PostgreSQL have five characters; those of the operating system more. */
export function sqlStateOf(cause: unknown): string | undefined {
  const error = cause as { code?: unknown; cause?: unknown } | undefined;
  if (typeof error?.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)) return error.code;
  return error?.cause === undefined ? undefined : sqlStateOf(error.cause);
}

/** After a plain error of a statement the connection is as good as before; after anything else it is not (class 57: shut down, terminated). */
function isBroken(cause: unknown): boolean {
  const state = sqlStateOf(cause);
  return state === undefined || state.startsWith('57') || state.startsWith('08');
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
