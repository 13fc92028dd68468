/** Connections between the members of one etcd cluster. Apart because a path that works again is not a connection yet, and because TCP needs both ways: a one-way cut silences a pair in both directions. */
import type { Cancel, Ms } from '../../../base/clock.ts';
import type { Kernel } from '../../kernel.ts';
import type { Network } from '../../model.ts';
import type { RaftMember } from './raft-member.ts';

/** ms, dial retry every 100 ms: a peer that restarted is met again within this. etcd rafthttp/transport.go. Longer: members rejoin later. */
const redialMs = { min: 10, max: 110 };
/** ms, after packets vanished: the next SYN or retransmission gets through (RTO up to 1 s, peer dial time-out 2 s). Longer: partitions heal later. */
const reconnectMs = { min: 50, max: 1_000 };

/** Who is connected to whom. */
export interface PeerLinks {
  /** Messages get through now: connected, and both processes work. */
  talks(a: RaftMember, b: RaftMember): boolean;
  /** Since when they have been connected, ms; undefined: they are not. */
  sinceMs(a: RaftMember, b: RaftMember): Ms | undefined;
  /** Looks again at processes and paths. Losses count at once; gains after reconnecting, told by `onUp`. */
  update(): void;
}

interface Link {
  readonly a: RaftMember;
  readonly b: RaftMember;
  connected: boolean;
  sinceMs: Ms;
  /** Packets vanished, as opposed to a process that went away. */
  silent: boolean;
  cancel: Cancel | undefined;
}

/** Links between all pairs, connected to begin with. A process that starts anew is seen by its not being alive in between. */
export function createPeerLinks(
  kernel: Kernel,
  members: readonly RaftMember[],
  network: Network,
  label: string,
  onUp: () => void,
): PeerLinks {
  const random = kernel.random(label);
  const links = new Map<string, Link>();
  const key = (a: RaftMember, b: RaftMember) => `${a.node} ${b.node}`;
  members.forEach((a, i) => {
    for (const b of members.slice(i + 1)) {
      const link = { a, b, connected: true, sinceMs: Number.NEGATIVE_INFINITY, silent: false, cancel: undefined };
      links.set(key(a, b), link);
      links.set(key(b, a), link);
    }
  });
  const alive = (member: RaftMember) => member.life === 'up' || member.life === 'paused';
  const path = ({ a, b }: Link) => network.connects({ node: a.node }, { node: b.node });
  const disconnect = (link: Link, silent: boolean) => {
    link.connected = false;
    link.silent = silent;
    link.cancel?.();
    link.cancel = undefined;
  };
  const reconnect = (link: Link) => {
    const wait = link.silent ? reconnectMs : redialMs;
    link.cancel = kernel.after(random.int(wait.min, wait.max), () => {
      link.cancel = undefined;
      link.connected = true;
      link.sinceMs = kernel.now();
      onUp();
    });
  };
  const updateLink = (link: Link) => {
    const open = path(link);
    const both = alive(link.a) && alive(link.b);
    if (!(open && both)) disconnect(link, !open || (!link.connected && link.silent));
    else if (!link.connected && link.cancel === undefined) reconnect(link);
  };
  return {
    talks: (a, b) => a.life === 'up' && b.life === 'up' && (a === b || links.get(key(a, b))?.connected === true),
    sinceMs: (a, b) => {
      const link = links.get(key(a, b));
      return link?.connected === true ? link.sinceMs : undefined;
    },
    update: () => {
      members.forEach((a, i) => {
        for (const b of members.slice(i + 1)) updateLink(links.get(key(a, b))!);
      });
    },
  };
}
