/** Signals to processes of a node, and the process table they are proven by. Apart from who the processes belong to: a component, a pod. */
import type { NodeShells } from './node-shells.ts';
import type { Process } from './process-table.ts';

/** Sends a signal to each `pid start` pair whose process is still the same one. */
const signalScript = `
signal=$1; shift
while [ $# -ge 2 ]; do
  pid=$1; start=$2; shift 2
  read -r line 2>/dev/null <"/proc/$pid/stat" || continue
  rest=(\${line##*) })
  [ "\${rest[19]}" = "$start" ] && kill "-$signal" "$pid"
done
exit 0`;

/** Sends a signal to processes that were seen before. One that has gone, or whose id belongs to another by now, is left out. */
export async function signal(
  shells: NodeShells,
  container: string,
  name: 'KILL' | 'STOP' | 'CONT',
  processes: readonly Process[],
): Promise<void> {
  const args = processes.flatMap(({ pid, start }) => [String(pid), String(start)]);
  await shells.run(container, signalScript, [name, ...args]);
}
