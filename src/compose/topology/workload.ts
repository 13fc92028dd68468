/** Deployments, StatefulSets and DaemonSets with the defaults of their kind. Apart from the pod template because rollout rules differ by kind. */
import type { IntOrRatio, LabelSelector, Rollout, Workload } from '../../domain/topology.ts';
import { readAnnotations, readBehaviour, workloadAnnotations } from './annotations.ts';
import type { Field } from './field.ts';
import type { ClusterShape } from './kind-config.ts';
import type { NotModelledList } from './not-modelled.ts';
import { refuseAbove100 } from './percentage.ts';
import { readPodTemplate } from './pod-template.ts';
import { formatSelector, readSelector, selects } from './selector.ts';

/** More pods than a cluster holds by far (150,000, kubernetes.io/docs/setup/best-practices/cluster-large); each costs memory here. */
const replicasMax = 150_000;

/** Reads one workload. */
export function readWorkload(
  object: Field,
  kind: Workload['kind'],
  shape: ClusterShape,
  notModelled: NotModelledList,
): Workload {
  const spec = object.get('spec');
  const volumeClaims = spec
    .get('volumeClaimTemplates')
    .items()
    .map((claim) => claim.get('metadata').get('name').required().text() ?? '');
  const template = readPodTemplate(spec.get('template').required(), {
    kind,
    tolerationSeconds: shape.tolerationSeconds,
    notModelled,
    volumeClaims: kind === 'StatefulSet' ? volumeClaims : [],
  });
  const annotations = readAnnotations(
    [object.get('metadata'), spec.get('template').get('metadata')],
    workloadAnnotations,
  );
  if (kind === 'StatefulSet' && shape.kubernetes.minor === gatedMinor) nameMaxUnavailable(spec, notModelled);
  if (!annotations.field('startup-ms').present) nameInitContainers(spec, kind, notModelled);
  const selector = readOwnSelector(object, template.labels);
  if (spec.get('selector').present && spec.get('template').present && !selects(selector, template.labels))
    spec
      .get('selector')
      .complain(
        `Expected the selector ${formatSelector(selector)} of ${kind} ${nameOf(object)} to match its own template's labels`,
        `Labels of the template: ${formatSelector({ labels: template.labels, expressions: [] }) || 'none'}`,
      );
  return {
    kind,
    name: nameOf(object),
    namespace: namespaceOf(object),
    replicas: spec.get('replicas').number({ min: 0, max: replicasMax, integer: true }) ?? 1,
    selector,
    template,
    rollout: rolloutReaders[kind](spec),
    behaviour: readBehaviour(annotations, template.image),
  };
}

/** Required since apps/v1; before, the template's labels were the default. */
function readOwnSelector(object: Field, labels: Readonly<Record<string, string>>): LabelSelector {
  const selector = object.get('spec').get('selector');
  const old = object.get('apiVersion').text() !== 'apps/v1';
  if (old && !selector.present) return { labels, expressions: [] };
  const read = readSelector(selector.required());
  if (selector.present && formatSelector(read) === '')
    selector.complain(
      'Expected a selector that names labels, got an empty one, which the API server refuses',
      `Labels of the template: ${formatSelector({ labels, expressions: [] }) || 'none'}`,
    );
  return read;
}

/** An object's name. */
export function nameOf(object: Field): string {
  return object.get('metadata').get('name').text() ?? '';
}

/** An object's namespace. */
export function namespaceOf(object: Field): string {
  return object.get('metadata').get('namespace').text() ?? 'default';
}

/** Init containers make a start longer; only a stated start-up time can have them in it. */
function nameInitContainers(spec: Field, kind: string, notModelled: NotModelledList): void {
  const initial = spec.get('template').get('spec').get('initContainers');
  const first = initial.items().find((container) => container.get('restartPolicy').text() !== 'Always');
  if (first !== undefined)
    notModelled.add(`${kind}.spec.template.spec.initContainers (their time; say startup-ms)`, first.place, [
      'served',
      'scaled',
    ]);
}

/** The only minor in which a StatefulSet's maxUnavailable counts by default, and only up to its patch 3 (feature gate MaxUnavailableStatefulSet; kubernetes/kubernetes PR 137926). */
const gatedMinor = 35;

/** Everywhere else the field is ignored, as by the model. */
function nameMaxUnavailable(spec: Field, notModelled: NotModelledList): void {
  const field = spec.get('updateStrategy').get('rollingUpdate').get('maxUnavailable');
  const bound = field.intOrRatio();
  if (bound === undefined || ('count' in bound && bound.count === 1)) return;
  notModelled.add(
    'StatefulSet.spec.updateStrategy.rollingUpdate.maxUnavailable (on in 1.35.0 to 1.35.3)',
    field.place,
    ['services', 'data'],
  );
}

/** Default of progressDeadlineSeconds (kubernetes pkg/apis/apps/v1/defaults.go). */
const progressDeadlineSecondsDefault = 600;
/** Default of revisionHistoryLimit (same file). */
const revisionHistoryLimitDefault = 10;

function base(spec: Field): Omit<Rollout, 'strategy' | 'maxSurge' | 'maxUnavailable'> {
  const seconds = (key: string, fallback: number) =>
    spec.get(key).number({ min: 0, integer: true, unit: 'seconds' }) ?? fallback;
  return {
    minReadySeconds: seconds('minReadySeconds', 0),
    progressDeadlineSeconds: seconds('progressDeadlineSeconds', progressDeadlineSecondsDefault),
    revisionHistoryLimit:
      spec.get('revisionHistoryLimit').number({ min: 0, integer: true }) ?? revisionHistoryLimitDefault,
    podManagement: 'OrderedReady',
    partition: 0,
  };
}

/** A Deployment's deadline, also the default one, must leave room for its minReadySeconds (kubernetes pkg/apis/apps/validation ValidateDeploymentSpec). */
function refuseShortDeadline(spec: Field, { minReadySeconds, progressDeadlineSeconds }: ReturnType<typeof base>): void {
  if (progressDeadlineSeconds > minReadySeconds) return;
  const stated = spec.get('progressDeadlineSeconds');
  (stated.present ? stated : spec.get('minReadySeconds')).complain(
    `Expected progressDeadlineSeconds to be above minReadySeconds, else the API server refuses the Deployment, got ${progressDeadlineSeconds} and ${minReadySeconds}`,
  );
}

const none: IntOrRatio = { count: 0 };
const quarter: IntOrRatio = { ratio: 0.25 };

/** Defaults as in kubernetes pkg/apis/apps/v1/defaults.go. */
const rolloutReaders: Readonly<Record<Workload['kind'], (spec: Field) => Rollout>> = {
  Deployment: (spec) => {
    const common = base(spec);
    refuseShortDeadline(spec, common);
    const strategy = spec.get('strategy');
    const type = strategy.get('type').oneOf(['RollingUpdate', 'Recreate'] as const) ?? 'RollingUpdate';
    if (type !== 'RollingUpdate') refuseRolling(strategy, type);
    refuseAbove100(strategy.get('rollingUpdate').get('maxUnavailable'));
    if (type === 'Recreate') return { ...common, strategy: type, maxSurge: none, maxUnavailable: { ratio: 1 } };
    return { ...common, strategy: type, ...readBounds(strategy, quarter, quarter) };
  },
  DaemonSet: (spec) => {
    const strategy = spec.get('updateStrategy');
    const type = strategy.get('type').oneOf(['RollingUpdate', 'OnDelete'] as const) ?? 'RollingUpdate';
    const bounds = readBounds(strategy, none, { count: 1 });
    for (const name of ['maxSurge', 'maxUnavailable']) refuseAbove100(strategy.get('rollingUpdate').get(name));
    if (!isNone(bounds.maxSurge) && !isNone(bounds.maxUnavailable))
      strategy
        .get('rollingUpdate')
        .complain('Expected maxUnavailable: 0 beside a maxSurge above 0, else the API server refuses the DaemonSet');
    return { ...base(spec), strategy: type, ...bounds };
  },
  StatefulSet: (spec) => {
    const strategy = spec.get('updateStrategy');
    const rolling = strategy.get('rollingUpdate');
    const type = strategy.get('type').oneOf(['RollingUpdate', 'OnDelete'] as const) ?? 'RollingUpdate';
    if (type === 'OnDelete') refuseRolling(strategy, type);
    return {
      ...base(spec),
      strategy: type,
      maxSurge: none,
      maxUnavailable: rolling.get('maxUnavailable').intOrRatio() ?? { count: 1 },
      podManagement: spec.get('podManagementPolicy').oneOf(['OrderedReady', 'Parallel'] as const) ?? 'OrderedReady',
      partition: rolling.get('partition').number({ min: 0, integer: true }) ?? 0,
    };
  },
};

/** Deployments and StatefulSets, not DaemonSets, must leave it out (kubernetes pkg/apis/apps/validation). */
function refuseRolling(strategy: Field, type: string): void {
  const rolling = strategy.get('rollingUpdate');
  if (rolling.present)
    rolling.complain(`Expected no \`${rolling.path}\` beside type ${type}, else the API server refuses the object`);
}

function readBounds(
  strategy: Field,
  surge: IntOrRatio,
  unavailable: IntOrRatio,
): Pick<Rollout, 'maxSurge' | 'maxUnavailable'> {
  const rolling = strategy.get('rollingUpdate');
  const maxSurge = rolling.get('maxSurge').intOrRatio() ?? surge;
  const maxUnavailable = rolling.get('maxUnavailable').intOrRatio() ?? unavailable;
  if (isNone(maxSurge) && isNone(maxUnavailable))
    rolling.complain('Expected one of maxSurge and maxUnavailable to be above 0, else no pod can ever be replaced');
  return { maxSurge, maxUnavailable };
}

function isNone(bound: IntOrRatio): boolean {
  return 'count' in bound ? bound.count === 0 : bound.ratio === 0;
}
