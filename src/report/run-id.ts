/** Names of runs. Apart because the name is also the folder's and must be safe on every file system. */

/** `2026-11-11T00-00-00Z-etcd-leader-loss-7f3a`. The scenario's name is reduced to letters, digits, dot and hyphen. */
export function runIdOf(startedAt: Date, scenario: string, seed: string): string {
  const stamp = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/:/g, '-');
  const name = scenario
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return `${stamp}-${name === '' ? 'run' : name}-${seed.toLowerCase()}`;
}
