/** Which fields of which kinds the models know, which can change nothing that is measured, and what each of the others could change. Apart because this table is the honest border of the simulator. */

import { harmlessGateNames } from './feature-gates.ts';

/** What an input could change; `services` stands for every business service, `served` for those that reach the object itself, `scaled` for autoscaling where the object takes part in it, and `api` for `api.write` and `api.read`. */
export type Impact = 'services' | 'served' | 'scaled' | 'api' | 'data' | 'autoscaling' | '*';

/** A field: true = known (modelled or harmless, with all below it); a list = not modelled, and what it could change; `fine` = known with these values only; a tree = its fields, lists looked through; `*` in a tree stands for every other key. */
export type Known =
  | true
  | readonly Impact[]
  | { readonly fine: readonly unknown[]; readonly impact: readonly Impact[] }
  | KnownTree;

/** Fields of a mapping. */
export interface KnownTree {
  readonly fields: Readonly<Record<string, Known>>;
}

const tree = (fields: Readonly<Record<string, Known>>): KnownTree => ({ fields });
const only = (fine: readonly unknown[], ...impact: Impact[]): Known => ({ fine, impact });
const harmless = (...names: string[]): Record<string, true> => Object.fromEntries(names.map((name) => [name, true]));

const serving: readonly Impact[] = ['served', 'scaled'];
const placing: readonly Impact[] = ['services', 'autoscaling', 'data'];

const amounts = tree({ cpu: true, memory: true, 'ephemeral-storage': placing, '*': placing });

const probe = tree({
  ...harmless('httpGet', 'tcpSocket', 'grpc', 'exec'),
  ...harmless('initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold'),
  terminationGracePeriodSeconds: ['served'],
});

const container = tree({
  ...harmless('name', 'image', 'command', 'args', 'env', 'envFrom', 'workingDir', 'imagePullPolicy', 'securityContext'),
  ...harmless(
    'terminationMessagePath',
    'terminationMessagePolicy',
    'stdin',
    'stdinOnce',
    'tty',
    'volumeMounts',
    'volumeDevices',
    'resizePolicy',
  ),
  ports: tree(harmless('name', 'containerPort', 'protocol', 'hostIP', 'hostPort')),
  resources: tree({ requests: amounts, limits: amounts, claims: placing }),
  readinessProbe: probe,
  livenessProbe: probe,
  startupProbe: probe,
  lifecycle: tree({
    preStop: tree({ sleep: true, exec: true, httpGet: ['served'], tcpSocket: ['served'] }),
    postStart: serving,
    stopSignal: true,
  }),
  restartPolicy: true,
});

const antiAffinityTerm = tree({
  ...harmless('labelSelector', 'topologyKey'),
  namespaces: placing,
  namespaceSelector: placing,
  matchLabelKeys: placing,
  mismatchLabelKeys: placing,
});

const nodeTerm = tree(harmless('matchExpressions', 'matchFields'));

const podSpec = tree({
  containers: container,
  initContainers: container,
  ephemeralContainers: serving,
  ...harmless(
    'serviceAccountName',
    'serviceAccount',
    'automountServiceAccountToken',
    'imagePullSecrets',
    'securityContext',
    'enableServiceLinks',
  ),
  ...harmless(
    'dnsPolicy',
    'dnsConfig',
    'hostAliases',
    'hostPID',
    'hostIPC',
    'hostUsers',
    'hostname',
    'subdomain',
    'setHostnameAsFQDN',
    'shareProcessNamespace',
    'os',
  ),
  ...harmless('terminationGracePeriodSeconds', 'tolerations', 'nodeSelector', 'hostNetwork'),
  volumes: tree({
    ...harmless('name', 'configMap', 'secret', 'emptyDir', 'projected', 'downwardAPI', 'hostPath'),
    persistentVolumeClaim: ['services', 'data'],
    '*': ['services', 'data'],
  }),
  topologySpreadConstraints: tree({
    ...harmless('maxSkew', 'topologyKey', 'whenUnsatisfiable', 'labelSelector'),
    minDomains: placing,
    matchLabelKeys: placing,
    nodeAffinityPolicy: only(['Honor'], ...placing),
    nodeTaintsPolicy: only(['Ignore'], ...placing),
  }),
  affinity: tree({
    podAntiAffinity: tree({
      requiredDuringSchedulingIgnoredDuringExecution: antiAffinityTerm,
      preferredDuringSchedulingIgnoredDuringExecution: tree({ weight: true, podAffinityTerm: antiAffinityTerm }),
    }),
    podAffinity: placing,
    nodeAffinity: tree({
      requiredDuringSchedulingIgnoredDuringExecution: tree({ nodeSelectorTerms: nodeTerm }),
      preferredDuringSchedulingIgnoredDuringExecution: tree({ weight: true, preference: nodeTerm }),
    }),
  }),
  restartPolicy: only(['Always'], ...serving),
  schedulerName: only(['default-scheduler'], '*'),
  priorityClassName: placing,
  priority: placing,
  preemptionPolicy: placing,
  runtimeClassName: serving,
  overhead: placing,
  nodeName: placing,
  activeDeadlineSeconds: serving,
  readinessGates: ['served'],
  resourceClaims: placing,
  resources: placing,
  schedulingGates: placing,
});

const template = tree({ metadata: true, spec: podSpec });
const object = { ...harmless('apiVersion', 'kind', 'metadata', 'status') };

const statefulSet = tree({
  ...harmless(
    'replicas',
    'selector',
    'serviceName',
    'volumeClaimTemplates',
    'podManagementPolicy',
    'minReadySeconds',
    'revisionHistoryLimit',
  ),
  updateStrategy: tree({ type: true, rollingUpdate: tree(harmless('partition', 'maxUnavailable')) }),
  persistentVolumeClaimRetentionPolicy: tree({
    whenDeleted: only(['Retain'], 'data'),
    whenScaled: only(['Retain'], 'data'),
  }),
  ordinals: ['services', 'data'],
  template,
});

const service = tree({
  ...harmless(
    'selector',
    'type',
    'ports',
    'clusterIP',
    'clusterIPs',
    'ipFamilies',
    'ipFamilyPolicy',
    'externalName',
    'healthCheckNodePort',
  ),
  ...harmless(
    'loadBalancerIP',
    'loadBalancerClass',
    'loadBalancerSourceRanges',
    'allocateLoadBalancerNodePorts',
    'externalIPs',
  ),
  externalTrafficPolicy: only(['Cluster'], 'served'),
  internalTrafficPolicy: only(['Cluster'], 'served'),
  sessionAffinity: only(['None'], 'served'),
  sessionAffinityConfig: ['served'],
  publishNotReadyAddresses: true,
  trafficDistribution: ['served'],
});

const scalingRules = tree(harmless('stabilizationWindowSeconds', 'selectPolicy', 'policies', 'tolerance'));

const autoscaler = tree({
  ...harmless('scaleTargetRef', 'minReplicas', 'maxReplicas', 'metrics', 'targetCPUUtilizationPercentage'),
  behavior: tree({ scaleUp: scalingRules, scaleDown: scalingRules }),
});

/** Read in kubeadm-patches.ts, which names what it does not know. */
const patched = ['kubeadmConfigPatches', 'kubeadmConfigPatchesJSON6902'];

const kindConfig = tree({
  ...object,
  name: true,
  nodes: tree({
    ...harmless('role', 'image', 'labels', 'extraMounts', 'extraPortMappings', ...patched),
  }),
  networking: tree({
    ...harmless('ipFamily', 'apiServerPort', 'apiServerAddress', 'podSubnet', 'serviceSubnet', 'dnsSearch'),
    disableDefaultCNI: only([false], 'services'),
    kubeProxyMode: only(['iptables'], 'services'),
  }),
  featureGates: tree({ ...harmless(...harmlessGateNames), '*': ['*'] }),
  ...harmless('runtimeConfig', 'containerdConfigPatches', 'containerdConfigPatchesJSON6902', ...patched),
});

/** By kind; `kind` is the kind config. */
const byKind: Readonly<Record<string, KnownTree>> = {
  kind: kindConfig,
  Deployment: tree({
    ...object,
    spec: tree({
      ...harmless('replicas', 'selector', 'minReadySeconds', 'progressDeadlineSeconds', 'revisionHistoryLimit'),
      strategy: tree({ type: true, rollingUpdate: tree(harmless('maxSurge', 'maxUnavailable')) }),
      paused: only([false], 'served'),
      template,
    }),
  }),
  StatefulSet: tree({ ...object, spec: statefulSet }),
  DaemonSet: tree({
    ...object,
    spec: tree({
      ...harmless('selector', 'minReadySeconds', 'revisionHistoryLimit'),
      updateStrategy: tree({ type: true, rollingUpdate: tree(harmless('maxSurge', 'maxUnavailable')) }),
      template,
    }),
  }),
  Service: tree({ ...object, spec: service }),
  HorizontalPodAutoscaler: tree({ ...object, spec: autoscaler }),
  PodDisruptionBudget: tree({
    ...object,
    spec: tree(harmless('minAvailable', 'maxUnavailable', 'selector', 'unhealthyPodEvictionPolicy')),
  }),
  Kustomization: tree({
    ...object,
    ...harmless(
      'resources',
      'namespace',
      'labels',
      'commonLabels',
      'commonAnnotations',
      'configMapGenerator',
      'secretGenerator',
      'generatorOptions',
    ),
    '*': ['*'],
  }),
};

/** The known fields of a kind, or undefined when the kind is not modelled. */
export function knownFieldsOf(kind: string | undefined): KnownTree | undefined {
  return kind === undefined ? undefined : byKind[kind];
}

/** Names of the known fields below a path; empty when anything goes there. */
export function fieldsUnder(known: KnownTree | undefined, path: readonly (string | number)[]): string[] {
  let at: Known | undefined = known;
  for (const step of path) {
    if (typeof step === 'number') continue;
    at = isTree(at) ? at.fields[step] : undefined;
  }
  return isTree(at) ? Object.keys(at.fields) : [];
}

/** Whether this is a tree of fields. */
export function isTree(known: Known | undefined): known is KnownTree {
  return typeof known === 'object' && 'fields' in known;
}
