/** Whether the host's control groups suit the kubelets of the node image. Apart because both must be known to judge. */
import { bad, type Check, ok } from './check.ts';

/** First minor version whose kubelet refuses cgroup v1 unless told otherwise (KubeletConfiguration failCgroupV1, on by default since). */
const minorWithoutV1 = 35;

/** `version` as Docker says it (`1`, `2`); `minors`: Kubernetes 1.x of the sites. */
export function judgeCgroup(version: string | undefined, minors: readonly number[]): Check {
  const name = 'cgroups';
  const newest = Math.max(...minors);
  if (version === undefined) return bad(name, 'not known', 'Docker must answer first.');
  if (version !== '1' || newest < minorWithoutV1) return ok(name, `v${version}, Kubernetes 1.${newest}`);
  return bad(
    name,
    `v1, and Kubernetes 1.${newest} wants v2`,
    `Take a node image up to 1.${minorWithoutV1 - 1} (--node-image), boot the host with cgroup v2, or patch \`failCgroupV1: false\` into the KubeletConfiguration of the kind configs.`,
  );
}
