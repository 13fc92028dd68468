/** What operators type to look after etcd, as scripts for a control plane's node, and what its tools answer. Text only. Sources: etcd's documentation of disaster recovery and of runtime reconfiguration; kubeadm's manifest. */
import { snapshotPath } from '../snapshot-path.ts';

/** Folder of ours on the node: tools, the snapshot, data about to be put in place. */
const folder = '/var/lib/elevenproof';
const data = '/var/lib/etcd/member';
const manifest = '/etc/kubernetes/manifests/etcd.yaml';
const held = '/etc/kubernetes/elevenproof-held/etcd.yaml';
const pki = '/etc/kubernetes/pki/etcd';

/** Paths are those inside a node, as kubeadm and containerd lay them out. etcd's image has no shell: its tools are taken from the running process's own file system, or from the unpacked image, and kept. `ctl` then talks to `$endpoints`. */
const tools = `
mkdir -p ${folder}/bin
if [ ! -x ${folder}/bin/etcdutl ]; then
  for from in /proc/[0-9]*/root/usr/local/bin /var/lib/containerd/io.containerd.snapshotter.v1.*/snapshots/*/fs/usr/local/bin; do
    [ -x "$from/etcdutl" ] && [ -x "$from/etcdctl" ] && cp "$from/etcdctl" "$from/etcdutl" ${folder}/bin/ && break
  done
fi
[ -x ${folder}/bin/etcdutl ] || { echo 'etcdctl and etcdutl are not to be found on this node' >&2; exit 1; }
ctl() { ${folder}/bin/etcdctl --command-timeout=5s --dial-timeout=2s --endpoints="$endpoints" --cacert=${pki}/ca.crt --cert=${pki}/server.crt --key=${pki}/server.key "$@"; }
endpoints=https://127.0.0.1:2379
kill_etcd() {
  for _ in $(seq 100); do
    left=
    for dir in /proc/[0-9]*; do
      read -r name 2>/dev/null <"$dir/comm" && [ "$name" = etcd ] && grep -qa /etc/kubernetes/ "$dir/cmdline" && { left=1; kill -9 "\${dir#/proc/}"; }
    done 2>/dev/null
    [ -z "$left" ] && return 0
    sleep 0.1
  done
  echo 'etcd does not die' >&2; return 1
}`;

/** Takes a snapshot and puts it in place when its hash is right; prints its status. */
export const snapshotScript = `${tools}
set -e
mkdir -p "$(dirname ${snapshotPath})"
ctl snapshot save ${snapshotPath}.part >/dev/null
${folder}/bin/etcdutl snapshot status ${snapshotPath}.part -w json
mv ${snapshotPath}.part ${snapshotPath}`;

/** Prints `inode hash revision` of the snapshot that lies on the node; nothing when there is none or it is broken. */
export const snapshotLookScript = `${tools}
[ -e ${snapshotPath} ] && stat -c %i ${snapshotPath} && ${folder}/bin/etcdutl snapshot status ${snapshotPath} -w json
exit 0`;

/** Stops a member, keeps it stopped, and deletes its data. */
export const wipeScript = `${tools}
set -e
mkdir -p "$(dirname ${held})"
if [ -e ${manifest} ]; then mv ${manifest} ${held}; fi
kill_etcd
rm -rf ${data}`;

/** Prints `data` if the member has any, `held` if it is kept stopped. */
export const dataScript = `
[ -d ${data} ] && echo data
[ -e ${held} ] && echo held
exit 0`;

/** Rebuilds the data of the member `$1` at `$2` from the snapshot: `$3` is the whole cluster, `$4` a token that makes it another cluster than before. The kubelet must not start etcd meanwhile. */
export const restoreScript = `${tools}
[ -e ${snapshotPath} ] || { echo 'there is no snapshot on this node' >&2; exit 1; }
systemctl stop kubelet
trap 'systemctl start --no-block kubelet' EXIT
set -e
kill_etcd
rm -rf ${folder}/restored
${folder}/bin/etcdutl snapshot restore ${snapshotPath} --data-dir ${folder}/restored --name "$1" --initial-advertise-peer-urls "$2" --initial-cluster "$3" --initial-cluster-token "$4" --bump-revision 1000000000 --mark-compacted >&2
rm -rf ${data}
mkdir -p "$(dirname ${data})"
mv ${folder}/restored/member ${data}
if [ -e ${held} ]; then mv ${held} ${manifest}; fi`;

/** Prints the members as the endpoints `$1` (not this node) know them. */
export const membersScript = `${tools}
endpoints=$1
ctl member list -w simple`;

/** Removes the member with id `$2` by way of the endpoints `$1`. */
export const removeScript = `${tools}
endpoints=$1
ctl member remove "$2"`;

/** Adds the member `$2` at `$3` as a learner by way of the endpoints `$1`. */
export const addScript = `${tools}
endpoints=$1
ctl member add "$2" --peer-urls="$3" --learner`;

/** Promotes the learner with id `$2` by way of the endpoints `$1`. Fails until it has caught up. */
export const promoteScript = `${tools}
endpoints=$1
ctl member promote "$2"`;

/** Lets a member without data start as a newcomer to the cluster `$1`: kubeadm's manifest says how the cluster began, which is no longer true. */
export const joinScript = `
set -e
from=${manifest}; [ -e ${held} ] && from=${held}
mkdir -p "$(dirname ${held})"
sed -e "s#--initial-cluster=.*#--initial-cluster=$1#" -e '/--initial-cluster-state=/d' "$from" |
  sed -e 's#^\\( *\\)- --initial-cluster=.*#&\\n\\1- --initial-cluster-state=existing#' >${folder}/etcd.yaml
mv ${folder}/etcd.yaml ${held}
mv ${held} ${manifest}`;

/** Prints what this node's member says of itself. */
export const statusScript = `${tools}
ctl endpoint status -w json 2>/dev/null
exit 0`;

/** A member of a cluster. Ids are hexadecimal text: they have 64 bits. */
export interface EtcdMember {
  readonly id: string;
  /** Empty until it has started. */
  readonly name: string;
  readonly peerUrl: string;
  readonly learner: boolean;
}

/** What `member list -w simple` printed. */
export function parseMembers(text: string): readonly EtcdMember[] {
  return text.split('\n').flatMap((line) => {
    const [id = '', , name = '', peerUrl = '', , learner = ''] = line.split(',').map((part) => part.trim());
    return /^[0-9a-f]+$/.test(id) && peerUrl !== '' ? [{ id, name, peerUrl, learner: learner === 'true' }] : [];
  });
}

/** The cluster that a member says it belongs to, as text; undefined while it does not answer or knows no leader. */
export function parseCluster(status: string): string | undefined {
  const hasLeader = /"leader":[1-9]/.test(status);
  return hasLeader ? /"cluster_id":(\d+)/.exec(status)?.[1] : undefined;
}
