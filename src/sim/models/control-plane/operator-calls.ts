/** What an operator asks of the API: done at once while a write can succeed, else as soon as one can, in the order asked. */
import type { ControlPlane, SiteName } from '../../model.ts';

/** Runs an operator's write. */
export type OperatorCall = (site: SiteName, act: () => void) => void;

/** A caller that keeps what the API could not take yet. */
export function createOperatorCalls(controlPlane: ControlPlane): OperatorCall {
  const waiting = new Map<SiteName, (() => void)[]>();
  const writable = (site: SiteName) => controlPlane.write(site).okRatio > 0;
  controlPlane.changed.on(({ site }) => {
    const acts = waiting.get(site);
    if (acts === undefined || !writable(site)) return;
    waiting.delete(site);
    for (const act of acts) act();
  });
  return (site, act) => {
    if (writable(site)) return act();
    const acts = waiting.get(site);
    if (acts === undefined) waiting.set(site, [act]);
    else acts.push(act);
  };
}
