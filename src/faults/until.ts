/** Conditions that prove a platform whole, shared by the undo of several faults. Apart because "whole" must mean the same in all of them. */
import type { Component } from '../domain/action.ts';
import type { Condition } from '../domain/condition.ts';

/** All of the site's control plane: etcd, API servers, both leaders. */
export const controlWhole = (site: string): Condition => ({ fact: 'control.whole', subject: { site } });
/** Every node Ready and schedulable. */
export const nodesWhole = (site: string): Condition => ({ fact: 'nodes.whole', subject: { site } });
/** All wanted replicas ready and of the newest revision. */
export const workloadWhole = (site: string, workload: string): Condition => ({
  fact: 'workload.whole',
  subject: { site, workload },
});

/** What proves the site whole after something was done to a component. */
export function wholeAfter(component: Component, site: string): readonly Condition[] {
  return component === 'kubelet' || component === 'containerd'
    ? [controlWhole(site), nodesWhole(site)]
    : [controlWhole(site)];
}
