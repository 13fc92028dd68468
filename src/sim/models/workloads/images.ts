/** Which node has which image, and how long a pull takes: one after the other per node, as the kubelet does. */
import type { Ms } from '../../../base/clock.ts';
import type { Kernel } from '../../kernel.ts';
import type { NodeName } from '../../model.ts';

/** Images on the nodes. */
export interface Images {
  /** How long until the image is there: 0 when it is; books the pull otherwise (kubernetes/kubelet types.go serializeImagePulls). */
  pullMs(node: NodeName, image: string, pullMs: Ms): Ms;
  keep(node: NodeName, image: string): void;
}

/** Nothing has been pulled anywhere. */
export function createImages(kernel: Kernel): Images {
  const present = new Map<NodeName, Set<string>>();
  const freeMs = new Map<NodeName, Ms>();
  return {
    pullMs: (node, image, pullMs) => {
      if (pullMs === 0 || present.get(node)?.has(image) === true) return 0;
      const endMs = Math.max(kernel.now(), freeMs.get(node) ?? 0) + pullMs;
      freeMs.set(node, endMs);
      return endMs - kernel.now();
    },
    keep: (node, image) => {
      const images = present.get(node) ?? new Set<string>();
      present.set(node, images.add(image));
    },
  };
}
