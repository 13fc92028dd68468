/** What etcd's tools and its metrics print, and the scripts that look after it. */
import { describe, expect, test } from 'vitest';
import { bytesPerSecond, parseFsyncs } from '../../../../src/platform/kind/perform/disk-scripts.ts';
import { clusterOf } from '../../../../src/platform/kind/perform/etcd-cluster.ts';
import {
  joinScript,
  parseCluster,
  parseMembers,
  restoreScript,
  wipeScript,
} from '../../../../src/platform/kind/perform/etcd-scripts.ts';

describe('members', () => {
  const printed = `20e38c9a4b0ac8d5, started, ep-1-east-control-plane3, https://172.20.4.13:2380, https://172.20.4.13:2379, false
6bee8d13ac3d81c1, unstarted, , https://172.20.4.12:2380, , true
`;

  test('are read with ids of 64 bits as text', () => {
    expect(parseMembers(printed)[0]).toEqual({
      id: '20e38c9a4b0ac8d5',
      name: 'ep-1-east-control-plane3',
      peerUrl: 'https://172.20.4.13:2380',
      learner: false,
    });
  });

  test('may be learners that have not started and have no name', () => {
    expect(parseMembers(printed)[1]).toMatchObject({ name: '', learner: true });
  });

  test('are none in what is no list', () => {
    expect(parseMembers('Error: context deadline exceeded\n')).toEqual([]);
  });
});

describe('the cluster of a member', () => {
  const status = (leader: string) =>
    `[{"Endpoint":"x","Status":{"header":{"cluster_id":3294496863668386268,"member_id":7},"leader":${leader},"raftTerm":6}}]`;

  test('is known as text, without losing digits', () => {
    expect(parseCluster(status('20'))).toBe('3294496863668386268');
  });

  test('is unknown while it has no leader', () => {
    expect(parseCluster(status('0'))).toBeUndefined();
    expect(parseCluster('')).toBeUndefined();
  });

  test('is named by its members and where they listen', () => {
    const machine = (node: string, address: string) =>
      ({ node, site: 'east', role: 'control-plane', container: `ep-1-${node}`, address }) as const;
    expect(clusterOf([machine('a', '172.20.4.11'), machine('b', '172.20.4.12')])).toBe(
      'ep-1-a=https://172.20.4.11:2380,ep-1-b=https://172.20.4.12:2380',
    );
  });
});

describe('scripts', () => {
  test('that wipe keep the member stopped before its data goes', () => {
    expect(wipeScript.indexOf('mv /etc/kubernetes/manifests/etcd.yaml')).toBeLessThan(
      wipeScript.indexOf('rm -rf /var/lib/etcd/member'),
    );
  });

  test('that restore start the kubelet again however they end', () => {
    expect(restoreScript).toContain("trap 'systemctl start --no-block kubelet' EXIT");
  });

  test('that restore delete old data only when the new is there', () => {
    expect(restoreScript.indexOf('snapshot restore')).toBeLessThan(
      restoreScript.indexOf('rm -rf /var/lib/etcd/member'),
    );
  });

  test('that join say that the cluster exists', () => {
    expect(joinScript).toContain('--initial-cluster-state=existing');
  });
});

describe('a slow disk', () => {
  test('writes one page in the time of an fsync', () => {
    expect(bytesPerSecond(1_000)).toBe(4_096);
    expect(bytesPerSecond(100_000_000)).toBe(1);
  });

  test('is read from etcd’s own histogram', () => {
    const text =
      'throttled\netcd_disk_wal_fsync_duration_seconds_sum 49.5\netcd_disk_wal_fsync_duration_seconds_count 1705\n';
    expect(parseFsyncs(text)).toEqual({ throttled: true, count: 1705, sumMs: 49_500 });
    expect(parseFsyncs('')).toEqual({ throttled: false, count: undefined, sumMs: 0 });
  });
});
