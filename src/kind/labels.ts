/** The labels that kind puts on its containers. Apart because they are the only state that kind keeps: whoever looks for clusters without the program looks for these. Source: kind's constants, unchanged since 0.8. */

/** Its value is the cluster's name; on nodes and on the external load balancer. */
export const clusterLabel = 'io.x-k8s.kind.cluster';

/** Its value is `control-plane`, `worker` or `external-load-balancer`. */
export const roleLabel = 'io.x-k8s.kind.role';
