/** HorizontalPodAutoscalers, autoscaling/v2, its betas and v1, with the defaults of the API. Apart because its defaults are many and exact. */
import type { Autoscaler, AutoscalerMetric, ScalingRules } from '../../domain/autoscaler.ts';
import type { Workload } from '../../domain/topology.ts';
import type { Field } from './field.ts';
import type { NotModelledList } from './not-modelled.ts';
import { nameOf, namespaceOf } from './workload.ts';

type Policies = ScalingRules['policies'];

/** Defaults of behaviour (kubernetes pkg/apis/autoscaling/v2/defaults.go). */
const scaleUpDefault: ScalingRules = {
  stabilizationMs: 0,
  select: 'Max',
  policies: [
    { kind: 'Pods', value: 4, periodMs: 15_000 },
    { kind: 'Percent', value: 100, periodMs: 15_000 },
  ],
  toleranceRatio: 0.1,
};
const scaleDownDefault: ScalingRules = {
  stabilizationMs: 300_000,
  select: 'Max',
  policies: [{ kind: 'Percent', value: 100, periodMs: 15_000 }],
  toleranceRatio: 0.1,
};
/** Utilisation target when an autoscaler names no metric (same file). */
const targetRatioDefault = 0.8;

/** `behavior.*.tolerance` is dropped by API servers before this minor (kubernetes pkg/features: HPAConfigurableTolerance is on from 1.35). */
const toleranceFromMinor = 35;

/** Reads one autoscaler of the target workload, as a cluster of this minor version understands it. */
export function readAutoscaler(
  object: Field,
  target: Workload,
  minor: number,
  notModelled: NotModelledList,
): Autoscaler {
  const spec = object.get('spec');
  const replicasMin = spec.get('minReplicas').number({ min: 0, integer: true }) ?? 1;
  if (replicasMin === 0)
    notModelled.add(
      'HorizontalPodAutoscaler.spec.minReplicas (0 needs HPAScaleToZero)',
      spec.get('minReplicas').place,
      ['autoscaling', 'services'],
    );
  const replicasMax = spec.get('maxReplicas').required().number({ min: 1, integer: true }) ?? Math.max(1, replicasMin);
  if (replicasMin > replicasMax)
    spec
      .get('minReplicas')
      .complain(`Expected minReplicas to be at most maxReplicas, got ${replicasMin} and ${replicasMax}`);
  return {
    name: nameOf(object),
    namespace: namespaceOf(object),
    workload: target.name,
    replicasMin,
    replicasMax,
    metrics: readMetrics(spec, notModelled),
    scaleUp: readRules(spec.get('behavior').get('scaleUp'), scaleUpDefault, minor),
    scaleDown: readRules(spec.get('behavior').get('scaleDown'), scaleDownDefault, minor),
  };
}

function readMetrics(spec: Field, notModelled: NotModelledList): AutoscalerMetric[] {
  const percent = spec.get('targetCPUUtilizationPercentage').number({ above: 0 });
  if (percent !== undefined) return [{ kind: 'cpu-utilisation', targetRatio: percent / 100 }];
  if (spec.get('metrics').items().length === 0) return [{ kind: 'cpu-utilisation', targetRatio: targetRatioDefault }];
  return spec
    .get('metrics')
    .items()
    .flatMap((metric) => {
      const read = readMetric(metric);
      if (read === undefined)
        notModelled.add(`HorizontalPodAutoscaler.spec.metrics (${described(metric)})`, metric.place, [
          'autoscaling',
          'services',
        ]);
      return read ?? [];
    });
}

const metricTypes = ['Resource', 'Pods', 'Object', 'External', 'ContainerResource'] as const;

function readMetric(metric: Field): AutoscalerMetric | undefined {
  const type = metric.get('type').required().oneOf(metricTypes);
  if (type === undefined) return undefined;
  const body = metric.get(`${type[0]?.toLowerCase()}${type.slice(1)}`).required();
  const { aim, percent, average, name } = body.get('target').present ? readAim(body) : readBetaAim(body);
  if (type === 'Resource') return body.get('name').text() === 'cpu' ? readCpu(percent, average) : undefined;
  if (type === 'ContainerResource' || average === undefined) return undefined;
  if (average === 0) aim.complain('Expected the average value to be above 0');
  return { kind: 'per-pod', metric: name() ?? '', target: average };
}

/** What a metric is to be held at. `name` complains when there is none, so it is read only where it counts. */
interface Aim {
  readonly aim: Field;
  readonly percent: number | undefined;
  readonly average: number | undefined;
  readonly name: () => string | undefined;
}

function readAim(body: Field): Aim {
  const aim = body.get('target');
  return {
    aim,
    percent: aim.get('averageUtilization').number({ above: 0 }),
    average: aim.get('averageValue').quantity(),
    name: () => body.get('metric').get('name').required().text(),
  };
}

/** autoscaling/v2beta1 had the target's fields one floor up. A cluster has converted such objects; manifests still carry them. */
function readBetaAim(body: Field): Aim {
  const percent = body.get('targetAverageUtilization').number({ above: 0 });
  const average = body.get('targetAverageValue').quantity();
  const betas = ['targetAverageUtilization', 'targetAverageValue', 'targetValue'];
  if (!betas.some((beta) => body.get(beta).present)) body.get('target').required();
  return { aim: body, percent, average, name: () => body.get('metricName').required().text() };
}

function readCpu(percent: number | undefined, average: number | undefined): AutoscalerMetric | undefined {
  if (percent !== undefined) return { kind: 'cpu-utilisation', targetRatio: percent / 100 };
  return average === undefined || average === 0 ? undefined : { kind: 'cpu-average', targetCores: average };
}

function described(metric: Field): string {
  const type = metric.get('type').node;
  const resource = metric.get('resource').get('name').node;
  return [type, resource]
    .map((node) => (node?.kind === 'scalar' ? String(node.value) : ''))
    .filter((word) => word !== '')
    .join(' ');
}

function readRules(field: Field, fallback: ScalingRules, minor: number): ScalingRules {
  const window = field.get('stabilizationWindowSeconds').number({ min: 0, max: 3600, integer: true, unit: 'seconds' });
  const tolerance = field.get('tolerance').quantity();
  const policies: Policies = field
    .get('policies')
    .items()
    .map((policy) => ({
      kind:
        policy
          .get('type')
          .required()
          .oneOf(['Pods', 'Percent'] as const) ?? 'Pods',
      value: policy.get('value').required().number({ above: 0, integer: true }) ?? 1,
      periodMs:
        1000 *
        (policy.get('periodSeconds').required().number({ above: 0, max: 1800, integer: true, unit: 'seconds' }) ?? 15),
    }));
  return {
    stabilizationMs: window === undefined ? fallback.stabilizationMs : window * 1000,
    select: field.get('selectPolicy').oneOf(['Max', 'Min', 'Disabled'] as const) ?? fallback.select,
    policies: policies.length === 0 ? fallback.policies : policies,
    toleranceRatio: (minor < toleranceFromMinor ? undefined : tolerance) ?? fallback.toleranceRatio,
  };
}
