/** Of what keeps a stack serving while nodes, pods and neighbours come and go. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { safetyOf } from '../../../shared/domain/serving/safety-defaults.ts';
import type { Reason } from './reason.ts';

const WORKLOAD_IDENTITY = 'GKE documentation, "Authenticate to Google Cloud APIs from GKE workloads"';
const SECURITY = 'vllm-project/vllm docs/usage/security.md';
const PRIORITY = 'Kubernetes documentation, "Pod Priority and Preemption"';

const identity: readonly Reason[] = [
  {
    setting: '* **.serviceAccountName',
    why: 'an identity of its own: what it may do, no other workload of the namespace may',
    source: WORKLOAD_IDENTITY,
  },
  {
    setting: 'ServiceAccount automountServiceAccountToken',
    why: 'model servers ask nothing of Kubernetes, and whoever runs code in one would hold the token; the metadata server of Google needs none',
    source: `${SECURITY}; ${WORKLOAD_IDENTITY}`,
  },
  {
    setting: 'ServiceAccount metadata.annotations.iam.gke.io/gcp-service-account',
    why: 'pods act as this Google service account; it must let this ServiceAccount do so (roles/iam.workloadIdentityUser)',
    source: WORKLOAD_IDENTITY,
  },
  {
    setting: '* **.volumes.api-token',
    why: 'the token of the ServiceAccount for the routing sidecar alone, which watches its InferencePool',
    source: 'Kubernetes documentation, "Managing Service Accounts"; llm-d/llm-d-router pkg/sidecar/proxy/allowlist.go',
  },
  {
    setting: '* **.volumeMounts.api-token',
    why: 'where clients in a cluster look for it',
    source: 'Kubernetes documentation, "Managing Service Accounts"',
  },
];

const priority: readonly Reason[] = [
  { setting: '* **.priorityClassName', why: 'who goes first where there is not enough room for all', source: PRIORITY },
  { setting: 'PriorityClass value', why: 'the document asks for it', source: 'spec.safety.priority.value' },
  {
    setting: 'PriorityClass description',
    why: 'a class belongs to the cluster: it says whose it is',
    source: PRIORITY,
  },
];

const placing: readonly Reason[] = [
  {
    setting: '* **.affinity.podAffinity',
    why: 'pods that talk to each other come into the same block of the fabric, then the same sub-block, where nodes say where they are; a wish, so nothing waits for it',
    source: 'llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/gke',
  },
  {
    setting: 'LeaderWorkerSet metadata.annotations.leaderworkerset.sigs.k8s.io/exclusive-topology',
    why: 'each group has a part of the fabric of its own; where there is none left it waits',
    source: 'kubernetes-sigs/lws api/leaderworkerset/v1/leaderworkerset_types.go',
  },
];

const disruption: readonly Reason[] = [
  {
    setting: 'PodDisruptionBudget spec.maxUnavailable',
    why: 'drains of nodes take one replica of the role at a time; workers count too, as a group is dead without any of its pods',
    source: 'Kubernetes documentation, "Specifying a Disruption Budget for your Application"',
  },
  {
    setting: 'PodDisruptionBudget spec.unhealthyPodEvictionPolicy',
    why: 'by default a pod that does not become ready blocks the drain of its node; this also lets the rest of a broken group go',
    source:
      'Kubernetes documentation, "Specifying a Disruption Budget for your Application", Unhealthy Pod Eviction Policy',
  },
];

const network: readonly Reason[] = [
  {
    setting: 'NetworkPolicy spec.policyTypes',
    why: 'connections to the pods; where they connect to is left open, as weights, tokens and images come from many places',
    source: 'Kubernetes documentation, "Network Policies"',
  },
  {
    setting: 'NetworkPolicy spec.ingress',
    why: ingressSaid,
    source: `${SECURITY}; Google Cloud documentation, "Health checks overview"`,
  },
  {
    setting: 'NetworkPolicy/*-epp spec.ingress',
    why: "the load balancer asks the picker about each request and checks its health; Google's collectors read its metrics",
    source: 'llm-d/llm-d-router config/charts; GoogleCloudPlatform/prometheus-engine manifests/operator.yaml',
  },
];

function ingressSaid(stack: Stack): string {
  const { gatewayRanges } = safetyOf(stack).networkPolicies;
  const who =
    gatewayRanges.length === 0
      ? 'anybody, as spec.safety.networkPolicies.gatewayRanges does not say where the proxies are'
      : `the gateway's proxies (${gatewayRanges.join(', ')}) and Google's health checks`;
  return `what servers say among themselves is not authenticated and can run code, so only their own stack reaches those ports; requests come from ${who}; metrics are read by the endpoint picker and Google's collectors`;
}

export const safetyReasons: readonly Reason[] = [...identity, ...priority, ...placing, ...disruption, ...network];
