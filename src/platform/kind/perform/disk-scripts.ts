/**
 * A slow disk for one control group, as scripts for a node: the kernel's own throttle of bytes written per second. Text only.
 * An fsync of etcd's log writes at least one page, so a rate of one page per `fsyncMs` makes each take at least that long.
 * Source: the kernel's documentation of the block IO controller (blkio.throttle.*, version 1) and of cgroup v2 (io.max).
 */

/** Bytes of one page, the least that an fsync of etcd's log writes. */
const pageBytes = 4_096;

/** Bytes per second at which one page takes `fsyncMs`, at least 1. */
export function bytesPerSecond(fsyncMs: number): number {
  return Math.max(1, Math.floor((pageBytes * 1_000) / fsyncMs));
}

/** Sets `file` (of the control group of process $1) and `device` (the whole disk under etcd's data), or fails with what is missing. */
const place = `
part=$(stat -c %d /var/lib/etcd); part=$((part >> 8 & 0xfff)):$((part & 0xff | part >> 12 & 0xfff00))
[ -e "/sys/dev/block/$part" ] || { echo "etcd's data lies on no block device of its own ($part), so its disk cannot be slowed" >&2; exit 1; }
device=$part
[ -e "/sys/dev/block/$part/partition" ] && device=$(cat "/sys/dev/block/$part/../dev")
old=$(sed -n 's/^[0-9]*:\\([^:]*,\\)\\{0,1\\}blkio\\(,[^:]*\\)\\{0,1\\}:\\(.*\\)$/\\3/p' "/proc/$1/cgroup")
new=$(sed -n 's/^0:://p' "/proc/$1/cgroup")
if [ -n "$old" ]; then file=/sys/fs/cgroup/blkio$old/blkio.throttle.write_bps_device
else
  file=/sys/fs/cgroup$new/io.max
  if [ ! -e "$file" ]; then
    at=/sys/fs/cgroup; for part in $(dirname "$new" | tr / ' '); do echo +io >"$at/cgroup.subtree_control"; at=$at/$part; done 2>/dev/null
    echo +io >"$at/cgroup.subtree_control"
  fi 2>/dev/null
fi
[ -e "$file" ] || { echo "this kernel has no throttle of writes ($file), so a disk cannot be slowed" >&2; exit 1; }`;

/** Slows the disk for the process `$1` to `$2` bytes per second. */
export const stallScript = `${place}
set -e
if [ -n "$old" ]; then echo "$device $2" >"$file"; else echo "$device wbps=$2" >"$file"; fi`;

/** Takes that away; nothing when it is not there. */
export const unstallScript = `${place}
if [ -n "$old" ]; then echo "$device 0" >"$file"; else echo "$device wbps=max" >"$file"; fi`;

/** Prints `throttled` if the process's group is, and etcd's count and sum of fsyncs of its log. */
export const fsyncScript = `
if [ -n "$1" ]; then (${place}
grep -q "^$device .*[0-9]" "$file" && ! grep -q "^$device .*wbps=max" "$file" && echo throttled) 2>/dev/null; fi
exec 3<>/dev/tcp/127.0.0.1/2381 && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 &&
timeout 2 grep -E '^etcd_disk_wal_fsync_duration_seconds_(sum|count) ' <&3
exit 0`;

/** What {@link fsyncScript} printed. */
export interface Fsyncs {
  readonly throttled: boolean;
  /** Ended since the process started; undefined when etcd did not answer. */
  readonly count: number | undefined;
  readonly sumMs: number;
}

/** Reads that text. */
export function parseFsyncs(text: string): Fsyncs {
  const value = (name: string) => {
    const found = new RegExp(`^etcd_disk_wal_fsync_duration_seconds_${name} (\\S+)`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return {
    throttled: /^throttled$/m.test(text),
    count: value('count'),
    sumMs: (value('sum') ?? 0) * 1_000,
  };
}
