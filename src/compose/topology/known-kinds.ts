/** Which kinds can change nothing that is measured, and what the kinds that no model knows could change. Apart from the fields because a new kind is one line here. */
import type { Impact } from './known-fields.ts';

/** Kinds that can change nothing that is measured. */
export const harmlessKinds: ReadonlySet<string> = new Set([
  'ConfigMap',
  'Secret',
  'Namespace',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'IngressClass',
  'GatewayClass',
  'ServiceMonitor',
  'PodMonitor',
  'PrometheusRule',
  'Event',
  'Lease',
]);

/** Kinds that no model knows, and what they could change. A kind that is in no table could change everything. */
export const impactOfKind: Readonly<Record<string, readonly Impact[]>> = {
  NetworkPolicy: ['services', 'data'],
  Pod: ['services', 'autoscaling', 'data'],
  ReplicaSet: ['services', 'autoscaling', 'data'],
  ReplicationController: ['services', 'autoscaling', 'data'],
  Job: ['services', 'autoscaling', 'data'],
  CronJob: ['services', 'autoscaling', 'data'],
  Rollout: ['services', 'autoscaling', 'data'],
  LimitRange: ['services', 'autoscaling', 'data'],
  ResourceQuota: ['services', 'autoscaling', 'data'],
  PriorityClass: ['services', 'autoscaling', 'data'],
  RuntimeClass: ['services', 'autoscaling', 'data'],
  Endpoints: ['services'],
  EndpointSlice: ['services'],
  Gateway: ['services'],
  VirtualService: ['services'],
  DestinationRule: ['services'],
  ServiceEntry: ['services'],
  PeerAuthentication: ['services'],
  AuthorizationPolicy: ['services'],
  CiliumNetworkPolicy: ['services', 'data'],
  VerticalPodAutoscaler: ['services', 'autoscaling'],
  ScaledObject: ['services', 'autoscaling'],
  Certificate: ['services'],
  APIService: ['api', 'autoscaling'],
  PodTemplate: [],
};
