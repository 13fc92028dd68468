/** What a node still bears of earlier faults, as it says itself. Apart because the script and the reading of its answer belong together. */

/** Prints one line per trace: rules of ours, marks of ours, frozen processes; then since when the kubelet runs, s since 1970. */
export const traceScript = `
iptables -w 5 -t mangle -S 2>/dev/null | sed -n 's/^-N \\(EP-.*\\)$/rule \\1/p'
for file in /etc/kubernetes/elevenproof-*/* /run/systemd/system/*.d/*elevenproof*; do
  [ -e "$file" ] && echo "mark $file"
done
for status in $(grep -ls '^State:[[:space:]]*T' /proc/[0-9]*/status); do
  sed -n 's/^Name:[[:space:]]*/frozen /p' "$status"
done 2>/dev/null
echo "kubelet $(date -d "$(systemctl show kubelet -p ActiveEnterTimestamp --value)" +%s)"`;

/** What one node says. */
export interface NodeTraces {
  /** In words, without the node's name. */
  readonly traces: readonly string[];
  /** Since when its kubelet runs, ms since 1970; NaN when it does not. */
  readonly kubeletSinceMs: number;
}

const words: Readonly<Record<string, string>> = {
  rule: 'a rule in its kernel',
  mark: 'a mark',
  frozen: 'a frozen process',
};

/** Reads what the script printed. */
export function parseTraces(output: string): NodeTraces {
  const lines = output
    .trim()
    .split('\n')
    .map((line) => /^(\w+) (.*)$/.exec(line));
  const traces = lines.flatMap((line) => {
    const word = words[line?.[1] ?? ''];
    return word === undefined ? [] : [`${word}: ${line![2]}`];
  });
  const since = lines.find((line) => line?.[1] === 'kubelet')?.[2];
  return { traces, kubeletSinceMs: since === undefined || since === '' ? Number.NaN : Number(since) * 1000 };
}
