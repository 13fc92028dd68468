/** When an etcd member became leader, by its own log. Pure. Apart because a poll sees an election up to a period late, and the log has it to the microsecond. */

/** The script that prints the newest lines of the member's log that tell of elections; run in the node. */
export const electionScript =
  'tail -qn 2000 /var/log/pods/kube-system_etcd-*/etcd/*.log | grep "became leader at term" | tail -n 20';

/**
 * Wall time, ms, at which the member became leader in `term`; undefined when its log does not say. A line of raft is `{"ts":"…",
 * "msg":"8e9e05c52164694d became leader at term 5"}`, with the runtime's own stamp and stream before it.
 */
export function becameLeaderMs(log: string, term: number): number | undefined {
  let found: number | undefined;
  for (const line of log.split('\n')) {
    const told = /"msg":"[0-9a-f]+ became leader at term (\d+)"/.exec(line);
    if (told === null || Number(told[1]) !== term) continue;
    const wallMs = Date.parse(/"ts":"([^"]+)"/.exec(line)?.[1] ?? '');
    if (!Number.isNaN(wallMs)) found = wallMs;
  }
  return found;
}
