/** One site's health check as the global load balancer makes it: every interval, with fall and rise. Apart because it turns into events only while its verdict is about to change, so that quiet checks cost nothing. */
import type { Kernel } from '../../kernel.ts';

/** How a check is made. ms; `fall` and `rise` are counts in a row. */
export interface CheckPolicy {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
}

/** What one check meets: an answer, a refusal at once, or nothing until its time-out. */
export type CheckAnswer = 'ok' | 'refused' | 'silent';

/** A running check. */
export interface SiteCheck {
  healthy(): boolean;
  /** To be called when what the check meets may have changed. */
  look(): void;
}

/** A check that starts healthy: a load balancer takes a new server for up until its checks say otherwise. `phaseMs` sets it off against other checks. */
export function createSiteCheck(
  kernel: Kernel,
  policy: CheckPolicy,
  phaseMs: number,
  meets: () => CheckAnswer,
  changed: () => void,
): SiteCheck {
  const intervalMs = Math.max(1, Math.round(policy.intervalMs));
  let healthy = true;
  let against = 0;
  let ticking = false;
  const nextTickMs = () => {
    const passed = kernel.now() - phaseMs;
    return phaseMs + (Math.floor(passed / intervalMs) + 1) * intervalMs;
  };
  const count = (answer: CheckAnswer) => {
    against = (answer === 'ok') === healthy ? 0 : against + 1;
    if (against < (healthy ? policy.fall : policy.rise)) return;
    healthy = !healthy;
    against = 0;
    changed();
  };
  const settled = () => against === 0 && (meets() === 'ok') === healthy;
  const tick = () => {
    ticking = false;
    const answer = meets();
    if (answer === 'silent') kernel.after(Math.min(policy.timeoutMs, intervalMs), () => conclude(answer));
    else conclude(answer);
  };
  const conclude = (answer: CheckAnswer) => {
    count(answer);
    look();
  };
  const look = () => {
    if (ticking || settled()) return;
    ticking = true;
    kernel.at(nextTickMs(), tick);
  };
  return { healthy: () => healthy, look };
}
