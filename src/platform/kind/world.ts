/** What every part of the kind platform works with, once the clusters stand. */
import type { Topology } from '../../domain/topology.ts';
import type { Engine } from './engine.ts';
import type { Ground } from './ground.ts';
import type { Kube } from './kube.ts';
import type { WallClock } from './wall-clock.ts';

/** A pair of clusters, attached. */
export interface KindWorld {
  readonly ground: Ground;
  readonly topology: Topology;
  readonly engine: Engine;
  /** Wall time as the run counts it. */
  readonly clock: WallClock;
  /** The API of a site by its name. */
  kube(site: string): Kube;
}

/** What is deployed on a site and how its cluster is shaped: the files' content with every change made to it, as plain data. */
export interface SiteFiles {
  readonly site: string;
  /** The kind config. */
  readonly cluster: Readonly<Record<string, unknown>>;
  /** Kubernetes objects in order of reading. */
  readonly objects: readonly Readonly<Record<string, unknown>>[];
}
