/** HAProxy's own account of its servers, from `show stat`. Apart because it is the pure half of every fact about customers' ways. */
import { sitesBackend } from './haproxy-config.ts';

/** A site as the balancer sees it. */
export interface SiteStat {
  readonly site: string;
  /** The health check passes. */
  readonly up: boolean;
  /** As it is applied now. */
  readonly weight: number;
  /** Requests sent there since the balancer started. */
  readonly requests: number;
}

/** Reads the CSV of `show stat`. Columns are found by their names (HAProxy management guide, section 9.1). Rows of other proxies are left out. */
export function parseStat(csv: string): readonly SiteStat[] {
  const [head = '', ...rows] = csv.split('\n').filter((line) => line.trim() !== '');
  const columns = head.replace(/^#\s*/, '').split(',');
  return rows
    .map((row) => {
      const cells = row.split(',');
      return (name: string) => cells[columns.indexOf(name)] ?? '';
    })
    .filter((cell) => cell('pxname') === sitesBackend && !['FRONTEND', 'BACKEND'].includes(cell('svname')))
    .map((cell) => ({
      site: cell('svname'),
      up: /^(?:UP|no check|DRAIN|NOLB)/.test(cell('status')),
      weight: Number(cell('uweight') || cell('weight')),
      requests: Number(cell('stot')),
    }));
}
