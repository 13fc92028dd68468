/** The access log of the global load balancer, which is the second witness of every request: how HAProxy must write it, and how a line is read. Apart because whoever runs the load balancer and whoever compares its log with the client's must agree on it to the letter. */

/** Request header by which a client names its order, a whole number. */
export const orderHeader = 'x-order';
/** Request header by which a client names its channel. */
export const channelHeader = 'x-channel';
/** Answer header by which a site says that it served; its value is the site's name. */
export const siteHeader = 'x-site';
/** Answer header by which a service says why it did not serve; its value is one of `failureReasons`. */
export const failureHeader = 'x-failed';

/** First word of every line, by which it is told from HAProxy's own messages. The digit counts versions of the form. */
const mark = 'ep1';

/**
 * Lines for the frontend (`mode http`), in this order. Beside them the log must go somewhere, such as `log stdout format raw local0` in the section `global` and `log global` in the frontend,
 * and every server must bear its site's name. Fields: docs.haproxy.org, section "Custom log format".
 */
export const accessLogDirectives: readonly string[] = [
  `http-request set-var(txn.order) req.hdr(${orderHeader}),url_enc`,
  `http-request set-var(txn.channel) req.hdr(${channelHeader}),url_enc`,
  `log-format "${mark} %Ts%ms %Ta %s %ST %ts %[var(txn.order)] %[var(txn.channel)] %HM %HP"`,
];

/** One request as the load balancer saw it. */
export interface AccessLine {
  /** When the connection was accepted, ms since 1970. */
  readonly acceptedMs: number;
  /** From the request's first byte to the end of the answer, ms. Absent: it was aborted before. */
  readonly tookMs?: number;
  /** Absent: no server was chosen. */
  readonly site?: string;
  /** Status sent to the client; absent when none was. */
  readonly status?: number;
  /** HAProxy's two letters: who ended it and in which stage; `--` is in order. */
  readonly ending: string;
  /** Absent: the client did not name it, or not as a whole number. */
  readonly order?: number;
  readonly channel?: string;
  readonly method: string;
  readonly path: string;
}

const pattern = new RegExp(`^${mark} (\\d{13}) (-?\\d+) (\\S+) (-?\\d+) (\\S\\S) (\\S+) (\\S+) (\\S+) (\\S+)\\s*$`);

/** Reads a line; undefined when it is not one of ours (HAProxy's own messages, a torn line). */
export function parseAccessLine(line: string): AccessLine | undefined {
  const parts = pattern.exec(line);
  if (parts === null) return undefined;
  const [, accepted, took, server, status, ending, order, channel, method, path] = parts as unknown as string[];
  return {
    acceptedMs: Number(accepted),
    ending: ending!,
    method: method!,
    path: path!,
    ...(Number(took) >= 0 && { tookMs: Number(took) }),
    ...(!server!.startsWith('<') && { site: server! }),
    ...(Number(status) > 0 && { status: Number(status) }),
    ...(/^\d{1,15}$/.test(order!) && { order: Number(order) }),
    ...(channel !== '-' && { channel: channel! }),
  };
}
