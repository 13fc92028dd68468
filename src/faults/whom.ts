/** Whom faults hit: the options that several factories share, and how they are shown. Apart so that a process, a pod and a node are named alike in all of them. */
import type { Component, Pick } from '../domain/action.ts';

/** Processes of a component of Kubernetes. */
export interface OnProcess {
  readonly component: Component;
  readonly site: string;
  /** Whose; any one by default. */
  readonly member?: Pick;
  /** How long the undo may take until the platform is whole, ms. */
  readonly limitMs?: number;
}

/** Pods of a workload. */
export interface OnPod {
  readonly site: string;
  readonly workload: string;
  /** Which; any one by default. */
  readonly member?: Pick;
  /** How long the undo may take until the platform is whole, ms. */
  readonly limitMs?: number;
}

/** Nodes of a site. */
export interface OnNode {
  readonly site: string;
  /** Only such nodes. */
  readonly role?: 'control-plane' | 'worker';
  /** Only nodes with a ready pod of this workload. */
  readonly hosting?: string;
  /** Which; any one by default. */
  readonly member?: Pick;
  /** How long the undo may take until the platform is whole, ms. */
  readonly limitMs?: number;
}

/** A choice of members in words. */
export function showPick(pick: Pick): string {
  if (typeof pick === 'string') return pick;
  return 'name' in pick ? pick.name : `${pick.count} of them`;
}

/** The nodes as the target of an action. */
export function nodeTarget({ site, role, hosting, member = 'one' }: OnNode) {
  return { on: 'node', site, member, ...(role && { role }), ...(hosting && { hosting }) } as const;
}

/** The nodes in words: `worker of east (one, with postgres)`. */
export function showNodes({ site, role, hosting, member = 'one' }: OnNode): string {
  return `${role ?? 'node'} of ${site} (${showPick(member)}${hosting === undefined ? '' : `, with ${hosting}`})`;
}
