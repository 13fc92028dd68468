/** The files that `init` writes. Apart because they are text for somebody else's folder. */

const scenario = `// What happens to customers when a pod of the shop dies while they come in numbers?
// Run it: elevenproof run ./pod-loss.mjs
import { availability, constant, defineScenario, killPod, recovery } from 'elevenproof';

export default defineScenario({
  name: 'pod-loss',
  title: 'A pod of the shop dies under load',
  proves: 'One replica may die at any time without customers noticing for long',
  topology: './shop',
  load: constant({ rateRps: 100 }),
  limitMs: 180_000,
  faults: { 'kill-pod': killPod({ site: 'home', workload: 'shop' }) },
  objectives: [
    recovery({ of: 'orders', after: 'kill-pod', msMax: 30_000 }),
    availability({ of: 'orders', ratioMin: 0.95 }),
  ],
  story: ({ story, inject, when, ends }) =>
    story({
      initial: 'calm',
      states: {
        calm: { when: when('load.started', 'killing') },
        killing: {
          entry: inject('kill-pod'),
          when: when('workload.degraded', { site: 'home', workload: 'shop', since: 'kill-pod' }, 'degraded'),
          after: { 30000: 'unnoticed' },
        },
        degraded: {
          when: when('workload.whole', { site: 'home', workload: 'shop', since: 'kill-pod' }, 'whole'),
          after: { 120000: 'stuck' },
        },
        whole: ends('expected'),
        unnoticed: ends('failed', 'nobody noticed that the pod died'),
        stuck: ends('failed', 'the pod did not come back within 120 s'),
      },
    }),
  // A test of the test: on this weakened platform the first must be missed and the second still be met.
  twins: {
    'one-pod': {
      says: 'the shop has a single pod',
      set: ['home/Deployment/shop:spec.replicas=1'],
      flips: ['availability of orders'],
      keeps: ['recovery of orders'],
    },
  },
});
`;

const topology = `# Ties the files of one platform together: a kind config and manifests per site.
name: shop
sites:
  home: { cluster: home.kind.yaml, manifests: [manifests], role: active }
steadyState:
  orders: { successRatioMin: 0.99, p99MsMax: 500 }
`;

const kind = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
  - role: worker
  - role: worker
`;

const manifests = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 3
  selector:
    matchLabels: { app: shop }
  template:
    metadata:
      labels: { app: shop }
      annotations:
        # What a manifest cannot say: how long a request takes, how many a pod works on at once, how long it starts.
        elevenproof.dev/service-time-ms: '20'
        elevenproof.dev/concurrency: '10'
        elevenproof.dev/startup-ms: '3000'
    spec:
      containers:
        - name: shop
          image: example.com/shop:1.0
          ports: [{ containerPort: 8080 }]
          resources:
            requests: { cpu: 250m, memory: 128Mi }
          readinessProbe:
            httpGet: { path: /ready, port: 8080 }
            periodSeconds: 2
            failureThreshold: 2
---
apiVersion: v1
kind: Service
metadata:
  name: shop
  annotations:
    # The business service that customers reach through it.
    elevenproof.dev/serves: orders
spec:
  selector: { app: shop }
  ports: [{ port: 80, targetPort: 8080 }]
`;

/** Path in the folder → text. */
export const starterFiles: Readonly<Record<string, string>> = {
  'pod-loss.mjs': scenario,
  'shop/topology.yaml': topology,
  'shop/home.kind.yaml': kind,
  'shop/manifests/shop.yaml': manifests,
};
