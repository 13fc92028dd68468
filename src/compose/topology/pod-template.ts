/** A pod template with the defaults that Kubernetes itself would fill in. Apart because three kinds of workloads share it. */
import { isDeepStrictEqual } from 'node:util';
import { toMiB } from '../../base/quantity.ts';
import type { PodTemplate, Probe, Toleration } from '../../domain/topology.ts';
import { refuseLabels } from './api-names.ts';
import { refuseContainers } from './containers.ts';
import type { Field } from './field.ts';
import type { ClusterShape } from './kind-config.ts';
import { readNodeAffinity } from './node-affinity.ts';
import type { NotModelledList } from './not-modelled.ts';
import { portBounds } from './ports.ts';
import { readOptionalSelector } from './selector.ts';

/** Kubernetes' default for terminationGracePeriodSeconds (kubernetes pkg/apis/core/v1/defaults.go). */
const graceSecondsDefault = 30;

/** What a template needs to know of its surroundings. */
export interface TemplateSurroundings {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly tolerationSeconds: ClusterShape['tolerationSeconds'];
  readonly notModelled: NotModelledList;
  readonly volumeClaims: readonly string[];
}

/** Reads `spec.template`. */
export function readPodTemplate(template: Field, around: TemplateSurroundings): PodTemplate {
  const spec = template.get('spec');
  const containers = spec.get('containers').required().items();
  if (containers.length === 0 && spec.get('containers').present)
    spec.get('containers').complain('Expected at least one container');
  const sidecars = spec.get('initContainers').items().filter(isSidecar);
  const main = containers[0];
  const probed = (name: string) => {
    const [probe, ...others] = containers.flatMap((container) => readProbe(container.get(name)) ?? []);
    if (others.some((other) => !isDeepStrictEqual(other, probe)))
      around.notModelled.add(
        `${around.kind}.spec.template.spec.containers.${name} (differs by container)`,
        spec.place,
        ['served'],
      );
    return probe;
  };
  const readiness = probed('readinessProbe');
  const liveness = probed('livenessProbe');
  const startup = probed('startupProbe');
  for (const container of containers) container.get('name').text();
  refuseContainers(spec, around.volumeClaims);
  refuseLabels(template.get('metadata').get('labels'));
  return {
    labels: template.get('metadata').get('labels').texts(),
    annotations: template.get('metadata').get('annotations').texts(),
    image: main?.get('image').text() ?? '',
    requests: readRequests(containers, spec.get('initContainers').items()),
    utilisationCores: readUtilisationCores([...containers, ...sidecars]),
    limits: readLimits([...containers, ...sidecars]),
    ...(readiness === undefined ? {} : { readiness }),
    ...(liveness === undefined ? {} : { liveness }),
    ...(startup === undefined ? {} : { startup }),
    terminationGraceSeconds:
      spec.get('terminationGracePeriodSeconds').number({ min: 0, integer: true, unit: 'seconds' }) ??
      graceSecondsDefault,
    preStopSeconds: Math.max(
      0,
      ...containers.map((container) => readPreStop(container.get('lifecycle').get('preStop'), around)),
    ),
    tolerations: readTolerations(spec, around),
    nodeSelector: spec.get('nodeSelector').texts(),
    nodeAffinity: readNodeAffinity(spec.get('affinity').get('nodeAffinity')),
    topologySpread: spec
      .get('topologySpreadConstraints')
      .items()
      .map((constraint) => ({
        maxSkew: constraint.get('maxSkew').required().number({ min: 1, integer: true }) ?? 1,
        topologyKey: constraint.get('topologyKey').required().text() ?? '',
        whenUnsatisfiable:
          constraint.get('whenUnsatisfiable').oneOf(['DoNotSchedule', 'ScheduleAnyway'] as const) ?? 'DoNotSchedule',
        selector: readOptionalSelector(constraint.get('labelSelector')),
      })),
    antiAffinity: readAntiAffinity(spec.get('affinity').get('podAntiAffinity')),
    volumeClaims: around.volumeClaims,
    hostNetwork: spec.get('hostNetwork').flag() ?? false,
    hostPorts: readHostPorts([...containers, ...sidecars], spec.get('hostNetwork').flag() ?? false),
  };
}

/** A probe with Kubernetes' defaults, which also stand for 0 (kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Probe); undefined when there is none. */
export function readProbe(field: Field): Probe | undefined {
  if (!field.present) return undefined;
  if (field.node?.kind !== 'map') field.entries();
  const seconds = (key: string, fallback: number) =>
    field.get(key).number({ min: 0, integer: true, unit: key.endsWith('Seconds') ? 'seconds' : 'times' }) || fallback;
  return {
    initialDelaySeconds: seconds('initialDelaySeconds', 0),
    periodSeconds: seconds('periodSeconds', 10),
    timeoutSeconds: seconds('timeoutSeconds', 1),
    successThreshold: seconds('successThreshold', 1),
    failureThreshold: seconds('failureThreshold', 3),
  };
}

/** On the host's network every port of a container is one of the host (kubernetes pkg/apis/core/v1/defaults.go defaultHostNetworkPorts). */
function readHostPorts(containers: readonly Field[], hostNetwork: boolean): readonly string[] {
  const ports = containers.flatMap((container) => container.get('ports').items());
  return ports.flatMap((port) => {
    const hostPort = port.get('hostPort').number({ ...portBounds, min: 0 }) ?? 0;
    const taken = hostPort || (hostNetwork ? (port.get('containerPort').number(portBounds) ?? 0) : 0);
    return taken === 0 ? [] : [`${port.get('protocol').text() ?? 'TCP'}/${taken}`];
  });
}

/** An init container that goes on running beside the others. */
function isSidecar(container: Field): boolean {
  return container.get('restartPolicy').text() === 'Always';
}

/** A request defaults to the limit; undefined: neither is stated. */
function requestOf(container: Field, resource: string): number | undefined {
  const resources = container.get('resources');
  return resources.get('requests').get(resource).quantity() ?? resources.get('limits').get(resource).quantity();
}

/** What a pod needs at its greediest moment: all that run together, or one init container beside the sidecars started before it (kubernetes component-helpers resource/helpers.go). */
function readRequests(containers: readonly Field[], initial: readonly Field[]): PodTemplate['requests'] {
  const needed = (resource: string) => {
    const besides: number[] = [];
    let most = 0;
    for (const container of initial) {
      const request = requestOf(container, resource) ?? 0;
      if (isSidecar(container)) besides.push(request);
      most = Math.max(most, sum(isSidecar(container) ? besides : [...besides, request]));
    }
    return Math.max(most, sum([...besides, ...containers.map((one) => requestOf(one, resource) ?? 0)]));
  };
  return { cpuCores: needed('cpu'), memoryMiB: toMiB(needed('memory')) };
}

/** One container without a request is enough to fail the whole metric (kubernetes pkg/controller/podautoscaler calculatePodRequests). */
function readUtilisationCores(together: readonly Field[]): number {
  const requests = together.map((container) => requestOf(container, 'cpu'));
  return requests.includes(undefined) ? 0 : sum(requests.map((request) => request ?? 0));
}

/** A pod is limited only when each of its containers is. */
function readLimits(together: readonly Field[]): PodTemplate['limits'] {
  const limit = (resource: string) => {
    const limits = together.map((container) => container.get('resources').get('limits').get(resource).quantity());
    return limits.length === 0 || limits.includes(undefined) ? undefined : sum(limits.map((one) => one ?? 0));
  };
  const cpuCores = limit('cpu');
  const memory = limit('memory');
  return {
    ...(cpuCores === undefined ? {} : { cpuCores }),
    ...(memory === undefined ? {} : { memoryMiB: toMiB(memory) }),
  };
}

/** The sums of decimals are rounded to a millionth, so that 0.1 + 0.2 cores are 0.3. */
function sum(values: readonly number[]): number {
  return Math.round(values.reduce((total, value) => total + value, 0) * 1e6) / 1e6;
}

/** `sleep: { seconds }` or an exec of `sleep 5`, also by a shell; any other hook is named as not modelled. */
function readPreStop(hook: Field, around: TemplateSurroundings): number {
  const sleep = hook.get('sleep');
  if (sleep.present) return sleep.get('seconds').required().number({ min: 0, unit: 'seconds' }) ?? 0;
  const exec = hook.get('exec');
  if (!exec.present) return 0;
  const command = exec
    .get('command')
    .items()
    .flatMap((word) => word.text() ?? [])
    .join(' ');
  const match = /^(?:\S*sh -c )?\s*(?:\S*\/)?sleep (\d+(?:\.\d+)?)s?;?\s*$/.exec(command);
  if (match === null)
    around.notModelled.add(`${around.kind}.${hook.path.replaceAll(/\[\d+\]/g, '')}.exec`, exec.place, ['served']);
  return match === null ? 0 : Number(match[1]);
}

function readTolerations(spec: Field, around: TemplateSurroundings): Toleration[] {
  const own = spec.get('tolerations').items().map(readToleration);
  const all =
    around.kind === 'DaemonSet' ? [...own, ...daemonTolerations(spec.get('hostNetwork').flag() ?? false)] : own;
  const bears = (key: string) =>
    all.some(
      (toleration) =>
        (toleration.key === key || toleration.key === '') &&
        (toleration.effect === 'NoExecute' || toleration.effect === ''),
    );
  const added = (key: string, seconds: number): Toleration[] =>
    bears(key) ? [] : [{ key, operator: 'Exists', value: '', effect: 'NoExecute', seconds }];
  return [
    ...all,
    ...added(notReady, around.tolerationSeconds.notReady),
    ...added(unreachable, around.tolerationSeconds.unreachable),
  ];
}

const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';

/** What the DaemonSet controller adds to its pods (kubernetes pkg/controller/daemon/util/daemonset_util.go). */
function daemonTolerations(hostNetwork: boolean): Toleration[] {
  const exists = (key: string, effect: Toleration['effect']): Toleration => ({
    key,
    operator: 'Exists',
    value: '',
    effect,
  });
  const pressure = [
    'disk-pressure',
    'memory-pressure',
    'pid-pressure',
    'unschedulable',
    ...(hostNetwork ? ['network-unavailable'] : []),
  ];
  return [
    exists(notReady, 'NoExecute'),
    exists(unreachable, 'NoExecute'),
    ...pressure.map((name) => exists(`node.kubernetes.io/${name}`, 'NoSchedule')),
  ];
}

function readToleration(field: Field): Toleration {
  const seconds = field.get('tolerationSeconds').number({ integer: true, unit: 'seconds' });
  const key = field.get('key').text() ?? '';
  const operator = field.get('operator').oneOf(['Exists', 'Equal'] as const) ?? 'Equal';
  if (key === '' && operator === 'Equal')
    field.complain('Expected a toleration without `key` to have `operator: Exists`');
  return {
    key,
    operator,
    value: field.get('value').text() ?? '',
    effect: field.get('effect').oneOf(['', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const) ?? '',
    ...(seconds === undefined ? {} : { seconds: Math.max(0, seconds) }),
  };
}

function readAntiAffinity(field: Field): PodTemplate['antiAffinity'] {
  const term = (one: Field, required: boolean) => ({
    topologyKey: one.get('topologyKey').required().text() ?? '',
    selector: readOptionalSelector(one.get('labelSelector')),
    required,
  });
  return [
    ...field
      .get('requiredDuringSchedulingIgnoredDuringExecution')
      .items()
      .map((one) => term(one, true)),
    ...field
      .get('preferredDuringSchedulingIgnoredDuringExecution')
      .items()
      .map((one) => term(one.get('podAffinityTerm'), false)),
  ];
}
