/** Rules of a node's kernel as scripts: chains of ours in table mangle, put in at once and taken out whole. Text only; where they run is no concern of this file. Format: iptables(8), iptables-restore(8). */
import type { Drops } from './link-plan.ts';
import { shortHash } from './short-hash.ts';

/** Chains of one action on a node: what arrives, what leaves. */
export interface Chains {
  readonly arriving: string;
  readonly leaving: string;
}

/** Names of an action's chains, the same for every process that knows its id. iptables allows 28 characters. */
export function chainsOf(actId: string): Chains {
  const hash = shortHash(actId);
  return { arriving: `EP-${hash}-I`, leaving: `EP-${hash}-O` };
}

const iptables = 'iptables -w 5 -t mangle';

/** Networks of the pods behind a node are the routes by its address. */
const prelude = `
pods() { while read -r net word gateway _; do [ "$word" = via ] && [ "$gateway" = "$1" ] && echo "$net"; done < <(ip -4 route show); }
device=$(ip -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -1)`;

/** Puts the rules in, all in one step; nothing when they are there. `lossRatio` below 1 drops that share of packets, by chance. */
export function cutScript(drops: Omit<Drops, 'machine'>, chains: Chains, lossRatio = 1): string {
  const { arriving, leaving } = chains;
  const verdict = lossRatio >= 1 ? '-j DROP' : `-m statistic --mode random --probability ${lossRatio} -j DROP`;
  const rules = (chain: string, flag: string, addresses: readonly string[]) =>
    addresses.map(
      (address) => `for net in ${address} $(pods ${address}); do echo "-A ${chain} ${flag} $net ${verdict}"; done`,
    );
  const rest = drops.allBut;
  const lines = [
    `printf '*mangle\\n:${arriving} - [0:0]\\n:${leaving} - [0:0]\\n'`,
    ...rules(arriving, '-s', drops.from),
    ...rules(leaving, '-d', drops.to),
    ...(rest?.from ? [`echo "-A ${arriving} -i $device ! -s ${rest.address} ${verdict}"`] : []),
    ...(rest?.to ? [`echo "-A ${leaving} -o $device ! -d ${rest.address} ${verdict}"`] : []),
    `printf -- '-I PREROUTING -j ${arriving}\\n-I POSTROUTING -j ${leaving}\\nCOMMIT\\n'`,
  ];
  return `${iptables} -S ${arriving} >/dev/null 2>&1 && exit 0
${prelude}
{
${lines.join('\n')}
} | iptables-restore -w 5 --noflush`;
}

/** Takes the chains of one action out; nothing when they are not there. Fails when they are still there afterwards. */
export function restoreScript({ arriving, leaving }: Chains): string {
  const out = (hook: string, chain: string) => `
while ${iptables} -D ${hook} -j ${chain} 2>/dev/null; do :; done
${iptables} -F ${chain} 2>/dev/null; ${iptables} -X ${chain} 2>/dev/null`;
  return `${out('PREROUTING', arriving)}${out('POSTROUTING', leaving)}
! ${iptables} -S | grep -q -e ' ${arriving}' -e ' ${leaving}'`;
}

/** Prints both chains with their counters; nothing for one that is not there. */
export function countersScript({ arriving, leaving }: Chains): string {
  return `for chain in ${arriving} ${leaving}; do ${iptables} -nvxL $chain 2>/dev/null; done; exit 0`;
}

/** A chain as the kernel tells it. */
export interface Counted {
  readonly chain: string;
  /** Rules of it, and the packets that they dropped. */
  readonly rules: number;
  readonly packets: number;
  /** It is hooked in. */
  readonly inUse: boolean;
}

/** What {@link countersScript} printed. */
export function parseCounters(text: string): readonly Counted[] {
  const blocks = text.split(/^(?=Chain )/m).filter((block) => block.startsWith('Chain '));
  return blocks.map((block) => {
    const [, chain = '', references = '0'] = /^Chain (\S+) \((\d+) references\)/.exec(block) ?? [];
    const rows = [...block.matchAll(/^\s*(\d+)\s+\d+\s+DROP\b/gm)];
    const packets = rows.reduce((sum, [, count]) => sum + Number(count), 0);
    return { chain, rules: rows.length, packets, inUse: Number(references) > 0 };
  });
}

/** Tries to connect to each address's port, all at once, and prints what answered: one line per address. Ends within half a second. */
export function knockScript(addresses: readonly string[], port: number): string {
  const one = (address: string) =>
    `{ timeout 0.4 bash -c ': <>/dev/tcp/${address}/${port}' 2>/dev/null && echo "${address} open" || echo "${address} silent"; } &`;
  return `${addresses.map(one).join('\n')}\nwait; exit 0`;
}
