/** Measures the times of this host that a simulated run takes in place of those of an idle one. Apart from the checks because it takes half a minute and starts containers. */
import { OperatingError } from '../../../../base/errors.ts';
import { describeHost } from '../../../../base/host.ts';
import type { Calibration, HostTerms } from '../../../../domain/calibration.ts';
import { connectEngine } from '../../engine.ts';
import { connectKube } from '../../kube.ts';
import { measureContainerStart, startableOf } from './container-start.ts';
import { measureFsync, writableOf } from './fsync.ts';
import { measurePodStart } from './pod-start.ts';

/** What to measure with. */
export interface CalibrationOptions {
  /** Kubeconfig of a cluster that stands, for the start of pods; absent: that term is left out. */
  readonly kubeconfig?: string | undefined;
  readonly signal: AbortSignal;
  /** Told of each step. */
  readonly onStep?: (says: string) => void;
}

/** Measures one term after the other, so that none disturbs another. Throws an OperatingError when Docker does not answer or a container does not start. */
export async function calibrate({ kubeconfig, signal, onStep = () => {} }: CalibrationOptions): Promise<Calibration> {
  const engine = await connectEngine();
  const { DockerRootDir } = (await engine.docker.info()) as { readonly DockerRootDir: string };
  const folder = writableOf([DockerRootDir, process.cwd()]);
  if (folder === undefined) throw new OperatingError('Failed to measure fsync: no folder can be written');
  onStep(`fsync of 4 KiB in ${folder}`);
  const fsync = await measureFsync(folder, signal);
  const images = await engine.docker.listImages();
  const image = startableOf(images.flatMap(({ RepoTags }) => RepoTags ?? []));
  if (image === undefined)
    throw new OperatingError('Failed to measure the start of a container: no image to start is here', {
      hint: 'docker pull busybox',
    });
  onStep(`start of containers of ${image}`);
  const containerStart = await measureContainerStart(engine, image, signal);
  const pods = kubeconfig === undefined ? {} : { podStart: await startOfPods(kubeconfig, signal, onStep) };
  return calibrationOf({ containerStart, fsync, ...pods });
}

async function startOfPods(kubeconfig: string, signal: AbortSignal, onStep: (says: string) => void) {
  onStep('start of pods');
  return measurePodStart(await connectKube(kubeconfig), signal);
}

function calibrationOf(hostTermsMs: HostTerms): Calibration {
  const { os, cpus, memoryMiB } = describeHost();
  const measuredAt = new Date().toISOString();
  return { format: 'elevenproof-calibration/1', measuredAt, host: { os, cpus, memoryMiB }, hostTermsMs };
}
