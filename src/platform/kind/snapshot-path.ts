/** Where a snapshot of etcd lies in a control plane's node: whoever takes one and whoever looks for it must agree. */

/** The file; it is written beside and renamed when it is whole. */
export const snapshotPath = '/var/lib/elevenproof/snapshot.db';
