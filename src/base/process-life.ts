/** Which process somebody was, and whether it still lives. Apart because locks of folders and of clusters ask alike, and a number alone is given away again. */
import { readFileSync } from 'node:fs';

/** A process, as a lock keeps it. */
export interface ProcessLife {
  readonly pid: number;
  /** When it began, as the system counts it; absent where that cannot be told. Guards against a pid that was given away again. */
  readonly processStart?: string;
}

/** This very process. */
export function ownLife(): ProcessLife {
  const start = processStart(process.pid);
  return { pid: process.pid, ...(start === undefined ? {} : { processStart: start }) };
}

/** Whether that process still runs. */
export function isAlive(life: ProcessLife): boolean {
  try {
    process.kill(life.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return life.processStart === undefined || processStart(life.pid) === life.processStart;
}

/** Start time of a process in clock ticks since boot (Linux, field 22 of /proc/pid/stat); undefined elsewhere. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
