/** Rules of a node's kernel: the scripts that put them in and out, and what the kernel says of them. */
import { describe, expect, test } from 'vitest';
import {
  chainsOf,
  countersScript,
  cutScript,
  knockScript,
  parseCounters,
  restoreScript,
} from '../../../../src/platform/kind/perform/link-rules.ts';
import { actIdOf } from '../../../../src/platform/kind/perform/verb.ts';

const chains = chainsOf('cut#1.0');
const drops = { from: ['172.20.5.11'], to: ['172.20.5.12'] };

describe('names of chains', () => {
  test('are the same for an act and its undo, and differ between acts', () => {
    const action = (id: string) =>
      ({ id, verb: 'link.cut', target: { on: 'site', site: 'east' }, args: {}, dud: false }) as const;
    expect(actIdOf(action('cut#1.0~'))).toBe('cut#1.0');
    expect(actIdOf(action('cut#1.0.1~'))).toBe('cut#1.0');
    expect(actIdOf(action('cut#1.0'))).toBe('cut#1.0');
    expect(chainsOf('cut#1.1')).not.toEqual(chains);
  });

  test('are short enough for the kernel', () => {
    expect(chains.arriving.length).toBeLessThanOrEqual(28);
  });
});

describe('a cut', () => {
  const script = cutScript(drops, chains);

  test('goes in as a whole, with what lies behind each address', () => {
    expect(script).toContain('| iptables-restore -w 5 --noflush');
    expect(script).toContain(
      `for net in 172.20.5.11 $(pods 172.20.5.11); do echo "-A ${chains.arriving} -s $net -j DROP"; done`,
    );
    expect(script).toContain(`echo "-A ${chains.leaving} -d $net -j DROP"`);
  });

  test('does nothing when it is there already', () => {
    expect(script.split('\n')[0]).toBe(`iptables -w 5 -t mangle -S ${chains.arriving} >/dev/null 2>&1 && exit 0`);
  });

  test('of everything spares one address', () => {
    const all = cutScript({ from: [], to: [], allBut: { address: '172.20.4.1', from: false, to: true } }, chains);
    expect(all).toContain(`"-A ${chains.leaving} -o $device ! -d 172.20.4.1 -j DROP"`);
    expect(all).not.toContain(`-A ${chains.arriving} -i`);
  });

  test('in part drops by chance', () => {
    expect(cutScript(drops, chains, 0.1)).toContain('-m statistic --mode random --probability 0.1 -j DROP');
  });

  test('is taken out by naming its own chains only', () => {
    const words = restoreScript(chains).match(/EP-\S+/g) ?? [];
    expect(new Set(words.map((word) => word.replace(/'$/, '')))).toEqual(new Set(Object.values(chains)));
  });
});

describe('counters', () => {
  const printed = `Chain ${chains.arriving} (1 references)
    pkts      bytes target     prot opt in     out     source               destination
       3      180 DROP       all  --  *      *       172.20.5.11          0.0.0.0/0
       1       60 DROP       all  --  *      *       10.30.1.0/24         0.0.0.0/0
Chain ${chains.leaving} (0 references)
    pkts      bytes target     prot opt in     out     source               destination
`;

  test('sum what the rules of a chain dropped', () => {
    expect(parseCounters(printed)).toEqual([
      { chain: chains.arriving, rules: 2, packets: 4, inUse: true },
      { chain: chains.leaving, rules: 0, packets: 0, inUse: false },
    ]);
  });

  test('are asked for both chains and empty when there are none', () => {
    expect(countersScript(chains)).toContain(`${chains.arriving} ${chains.leaving}`);
    expect(parseCounters('')).toEqual([]);
  });
});

test('a knock asks all addresses at once', () => {
  const script = knockScript(['172.20.5.11', '172.20.5.12'], 10250);
  expect(script.match(/\/dev\/tcp\/172\.20\.5\.1[12]\/10250/g)).toHaveLength(2);
  expect(script).toMatch(/&\nwait; exit 0$/);
});
