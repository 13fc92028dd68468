/** Names that a scenario uses and a topology has not got, each told once however many places use it. Apart because a story written for another platform misses the same few names everywhere. */
import { knownWords, type ProblemList } from '../base/errors.ts';
import type { Topology } from '../domain/topology.ts';

/** A name that is not there, what it would be, and the names of that kind that are there. */
export interface MissingName {
  /** `site`, `workload`, `node`, `service`, `replication`. */
  readonly kind: string;
  readonly name: string;
  readonly known: readonly string[];
}

/** Collects missing names. */
export interface MissingNames {
  /** `who` uses it: "fault `kill`". */
  add(who: string, missing: MissingName): void;
  /** One problem per name, in order of first use. */
  report(topology: Topology, problems: ProblemList): void;
}

/** An empty collection. */
export function createMissingNames(): MissingNames {
  const found = new Map<string, { readonly missing: MissingName; readonly users: Set<string> }>();
  return {
    add: (who, missing) => {
      const key = `${missing.kind} ${missing.name}`;
      const entry = found.get(key) ?? { missing, users: new Set() };
      entry.users.add(who);
      found.set(key, entry);
    },
    report: ({ name: topology }, problems) => {
      for (const { missing, users } of found.values()) {
        const { kind, name, known } = missing;
        const message = `${usersInWords([...users])}: topology ${topology} has no ${kind} \`${name}\``;
        problems.add({ message, hint: knownWords(`${kind[0]!.toUpperCase()}${kind.slice(1)}s`, name, known) });
      }
    },
  };
}

function usersInWords([first, ...others]: readonly string[]): string {
  if (others.length === 0) return first ?? '';
  return `${first} and ${others.length} more ${others.length === 1 ? 'place' : 'places'}`;
}
