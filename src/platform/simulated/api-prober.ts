/** The prober of the API: one write and one read through each site's load balancer 10 times a second on fresh connections, told as traffic of `api.write` and `api.read`. Steady stretches are told in one event. */
import type { Ms } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { FailureReason, Publish } from '../../domain/event.ts';
import type { ControlPlane } from '../../sim/model.ts';
import type { World } from '../../sim/world.ts';

/** Period of the prober, ms. */
export const probeMs = 100;
/** How long after a change at any site stretches stay at one probe period, ms. */
const restlessMs = 3_000;
/** The widest stretch, ms: wider would delay what streaming folds can say. */
const widestMs = 1_000;
/** After this long without a change stretches may be this wide, while no site is in trouble: a day must not cost a hundred thousand events. Streaming folds wait a second for a site that tells less often than the other. */
const calm = { afterMs: 20_000, widestMs: 10_000 } as const;

type Answer = ReturnType<ControlPlane['write']>;

/** Probes one site from now on; gives the end of it. */
export function probeApi(world: World, site: string, random: Random, publish: Publish): () => void {
  const { kernel, controlPlane } = world;
  let fromMs = kernel.now();
  let changedMs = kernel.now();
  let stopped = false;
  let cancel = () => {};
  let answers = read();

  function read(): { readonly write: Answer; readonly read: Answer } {
    return { write: controlPlane.write(site), read: controlPlane.read(site) };
  }
  const flush = () => {
    const toMs = kernel.now();
    const tries = Math.floor(toMs / probeMs) - Math.floor(fromMs / probeMs);
    if (tries > 0) {
      tell('api.write', answers.write, tries, fromMs, toMs);
      tell('api.read', answers.read, tries, fromMs, toMs);
      fromMs = toMs;
    }
    answers = read();
  };
  const tell = (service: string, answer: Answer, asked: number, from: Ms, to: Ms) => {
    const ok = random.binomial(asked, answer.okRatio);
    const failing = 1 - answer.okRatio;
    const refused = failing <= 0 ? 0 : random.binomial(asked - ok, answer.refusedRatio / failing);
    const failed: Partial<Record<FailureReason, number>> = refused > 0 ? { refused } : {};
    const latency = ok > 0 ? [[Math.max(1, Math.round(answer.latencyMs)), ok] as const] : [];
    const indeterminate = asked - ok - refused;
    publish(
      {
        type: 'traffic',
        service,
        site,
        channel: 'prober',
        fromMs: from,
        toMs: to,
        asked,
        ok,
        failed,
        indeterminate,
        inFlight: 0,
        latency,
      },
      to,
    );
  };
  const isCalm = () =>
    world.sites.every(({ name }) => isWhole(controlPlane.write(name)) && isWhole(controlPlane.read(name)));
  const width = () => {
    const quietMs = kernel.now() - changedMs;
    if (quietMs < restlessMs || !isWhole(answers.write) || !isWhole(answers.read)) return probeMs;
    return quietMs < calm.afterMs || !isCalm() ? widestMs : calm.widestMs;
  };
  const next = () => {
    const stepMs = width();
    cancel = kernel.at((Math.floor(kernel.now() / stepMs) + 1) * stepMs, tick);
  };
  const tick = () => {
    if (stopped) return;
    flush();
    next();
  };
  controlPlane.changed.on(() => {
    if (stopped) return;
    flush();
    changedMs = kernel.now();
    cancel();
    next();
  });
  next();
  return () => {
    stopped = true;
    cancel();
    flush();
  };
}

const isWhole = (answer: Answer) => answer.okRatio === 1;
