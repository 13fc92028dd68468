/** The client's own log, one line when a request starts and one when it ends, and what an answer means. Apart because the script that writes it is JavaScript for k6 and must stay small: all meaning is given here. */
import { type FailureReason, failureReasons } from '../../domain/event.ts';

/** A line. Times are ms since 1970. */
export type ClientLine =
  | { readonly is: 'start'; readonly channel: number; readonly iteration: number; readonly atMs: number }
  | {
      readonly is: 'end';
      readonly channel: number;
      readonly iteration: number;
      readonly atMs: number;
      /** From asking for a connection to the end of the answer, ms. */
      readonly tookMs: number;
      /** 0: there was no answer. */
      readonly status: number;
      /** k6's own number of what went wrong; 0: nothing. */
      readonly errorCode: number;
      readonly site?: string;
      /** Why not, in the service's own word. */
      readonly failed?: string;
    };

const startPattern = /^s (\d+) (\d+) (\d+)$/;
const endPattern = /^e (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\S+) (\S+)$/;

/** Reads a line; undefined for anything else (a torn line, words of k6). */
export function parseClientLine(line: string): ClientLine | undefined {
  const start = startPattern.exec(line);
  if (start !== null)
    return { is: 'start', channel: Number(start[1]), iteration: Number(start[2]), atMs: Number(start[3]) };
  const end = endPattern.exec(line);
  if (end === null) return undefined;
  const [channel, iteration, atMs, tenths, status, errorCode] = end.slice(1, 7).map(Number) as number[];
  return {
    is: 'end',
    channel: channel!,
    iteration: iteration!,
    atMs: atMs!,
    tookMs: tenths! / 10,
    status: status!,
    errorCode: errorCode!,
    ...(end[7] !== '-' && { site: decodeURIComponent(end[7]!) }),
    ...(end[8] !== '-' && { failed: end[8]! }),
  };
}

/** What became of a request. */
export type Outcome = 'ok' | 'indeterminate' | FailureReason;

/**
 * What an answer means. The service's own word wins. Without it: 502 and 504 come from something on the way that had passed the request on, so it may have been done;
 * 503 comes from something on the way that had nobody to pass it on to. Without an answer: what never reached a server is a definite failure, a time-out or a reset is not.
 */
export function outcomeOf(answer: {
  readonly status: number;
  readonly errorCode: number;
  readonly failed?: string;
}): Outcome {
  const { status, errorCode, failed } = answer;
  if (status >= 200 && status < 300) return 'ok';
  const said = failureReasons.find((reason) => reason === failed);
  if (said !== undefined) return said;
  if (status === 0) return unansweredBy(errorCode);
  if (status === 429) return 'limited';
  if (status === 503) return 'refused';
  if (status === 502 || status === 504) return 'indeterminate';
  return 'error';
}

/** k6's error codes: grafana.com/docs/k6, "Error codes". 1212 is a refused connection; 1210 to 1219 others that came to nothing while dialling; 11xx are of DNS, 13xx of TLS, 102x of the address itself; 1050 is the time-out, 1201 and 1220 broken connections, 1000 anything else. */
function unansweredBy(errorCode: number): Outcome {
  if (errorCode === 1212) return 'refused';
  const neverSent = [102, 110, 111, 121, 130, 131].includes(Math.floor(errorCode / 10));
  return neverSent ? 'unavailable' : 'indeterminate';
}
