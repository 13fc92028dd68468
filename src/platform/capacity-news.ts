/** Which readings of a workload's capacity are worth an event. Apart because every platform tells the same ones, or the area of unserved demand would depend on the platform. */
import type { Capacity } from '../domain/event.ts';

/** Demand must change by this share to be told again. A larger one makes the area of unserved demand coarser. */
const demandStepRatio = 0.02;

/** Gives true for a reading that differs enough from the one of the same workload that was told last; it counts as told then. */
export function createCapacityNews(): (reading: Capacity) => boolean {
  const told = new Map<string, Capacity>();
  return (reading) => {
    const key = `${reading.site}/${reading.workload}`;
    if (isSame(told.get(key), reading)) return false;
    told.set(key, reading);
    return true;
  };
}

function isSame(before: Capacity | undefined, now: Capacity): boolean {
  if (before === undefined) return false;
  const step = Math.abs(before.demandRps - now.demandRps);
  return (
    before.readyReplicas === now.readyReplicas &&
    before.wantedReplicas === now.wantedReplicas &&
    before.capacityRps === now.capacityRps &&
    step <= demandStepRatio * Math.max(before.demandRps, 1)
  );
}
