/** What a scenario file throws after it was loaded, out of a timer or a promise that nobody waits for, while its run goes on. Apart because the run must then heal and end in order, where a process would just break off. */
import { pathToFileURL } from 'node:url';
import { type ExitCode, exitCodes, OperatingError } from '../base/errors.ts';
import { projectRoot } from '../base/host.ts';
import { plainText } from '../report/plain-text.ts';
import type { Io } from './io.ts';

/** Watches for such errors during one run. */
export interface StrayErrors {
  /** Aborted by the first of them, with an OperatingError as its reason: inconclusive by a scenario file, internal when the error is our own. */
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

/** Starts to watch. */
export function watchStrayErrors(io: Pick<Io, 'err' | 'onStrayError'>): StrayErrors {
  const controller = new AbortController();
  const stop = io.onStrayError((error) => {
    if (controller.signal.aborted) return;
    const reason = reasonOf(error);
    io.err(`\n${plainText(reason.message)}\nHealing what was broken, then cleaning up.\n`);
    controller.abort(reason);
  });
  return { signal: controller.signal, stop };
}

function reasonOf(error: unknown): OperatingError {
  const place = foreignPlace(error);
  const text = error instanceof Error ? error.message : String(error);
  const ours = place === undefined && error instanceof Error && (error.stack ?? '').includes(ownUrl);
  const exitCode: ExitCode = ours ? exitCodes.internal : exitCodes.inconclusive;
  const message = ours
    ? `Internal error: ${error.stack}`
    : `${place ?? 'A scenario file'}  The scenario file threw while its run went on: ${text}`;
  return new OperatingError(message, { exitCode });
}

const ownUrl = pathToFileURL(`${projectRoot()}/`).href;

/** `file:line:column` of the topmost frame, if that lies in a file that is none of ours; the scenarios that we ship are files as any other. */
export function foreignPlace(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const [, url, at] = /(file:\/\/[^\n)]*?)(:\d+:\d+)/.exec(stack) ?? [];
  if (url === undefined || (url.startsWith(ownUrl) && !url.includes('/scenarios/'))) return undefined;
  return `${decodeURI(new URL(url).pathname)}${at}`;
}
