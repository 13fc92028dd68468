/** The process table of a node as text: what its lines say. Pure, so that it can be tested on what real kernels print. Format: proc_pid_stat(5). */
import type { Component } from '../../../domain/action.ts';

/** A process. Its id and start together name it for good: ids are used again. */
export interface Process {
  readonly pid: number;
  /** First 15 characters of the program's name. */
  readonly name: string;
  /** `R`, `S`, `D` run or wait; `T` is stopped; `Z`, `X` are gone but for their parent. */
  readonly state: string;
  readonly parent: number;
  /** Clock ticks since the machine's start. */
  readonly start: number;
}

/** Index of fields after the name: proc_pid_stat(5) counts from 1, the name is 2. */
const fields = { state: 0, parent: 1, start: 19 } as const;

/** One line of /proc/PID/stat; undefined for anything else. The name may hold spaces and brackets. */
export function parseStat(line: string): Process | undefined {
  const open = line.indexOf('(');
  const close = line.lastIndexOf(')');
  const rest = line.slice(close + 2).split(' ');
  const pid = Number(line.slice(0, open));
  const start = Number(rest[fields.start]);
  if (open < 1 || close < open || !Number.isInteger(pid) || !Number.isInteger(start)) return undefined;
  const name = line.slice(open + 1, close);
  return { pid, name, state: rest[fields.state]!, parent: Number(rest[fields.parent]), start };
}

/** Every process of a text of such lines. */
export function parseStats(text: string): readonly Process[] {
  return text.split('\n').flatMap((line) => parseStat(line) ?? []);
}

/** Still there, running or stopped. */
export const isAlive = ({ state }: Process) => state !== 'Z' && state !== 'X';

/** Frozen by SIGSTOP. */
export const isStopped = ({ state }: Process) => state === 'T';

/** The very same process, not one that got its id. */
export const isSame = (a: Process, b: Process) => a.pid === b.pid && a.start === b.start;

/** What `before` holds and `now` does not, alive. */
export function goneFrom(before: readonly Process[], now: readonly Process[]): readonly Process[] {
  return before.filter((old) => !now.some((process) => isSame(old, process) && isAlive(process)));
}

/** The main process of a container among all of its processes: the oldest whose parent is outside. Undefined when there is none. */
export function mainOf(processes: readonly Process[]): Process | undefined {
  const ids = new Set(processes.map(({ pid }) => pid));
  return processes
    .filter((process) => isAlive(process) && !ids.has(process.parent))
    .sort((a, b) => a.start - b.start || a.pid - b.pid)[0];
}

/** Programs that systemd supervises; the others are static pods of the kubelet. */
export const systemdUnits: readonly Component[] = ['kubelet', 'containerd'];

/** The kernel keeps this many characters of a program's name. */
export const nameLengthMax = 15;

/**
 * A component's processes in a text of two lines each: /proc/PID/stat, and the command line.
 * Static pods are known by files of /etc/kubernetes among their arguments (kubeadm's manifests), what systemd supervises by its parent 1: a user's own etcd in a pod is neither.
 */
export function parseComponent(text: string, component: Component): readonly Process[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    const process = parseStat(line);
    if (process === undefined || process.name !== component.slice(0, nameLengthMax) || !isAlive(process)) return [];
    const ours = systemdUnits.includes(component)
      ? process.parent === 1
      : (lines[i + 1] ?? '').includes('/etc/kubernetes/');
    return ours ? [process] : [];
  });
}

/** Processes as people name them: `process 812`, `processes 812, 813 and 5 more`. */
export function nameProcesses(processes: readonly Process[]): string {
  const ids = processes.map(({ pid }) => pid);
  if (ids.length === 1) return `process ${ids[0]}`;
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
  return `processes ${ids.slice(0, 3).join(', ')}${more}`;
}
