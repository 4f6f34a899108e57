/**
 * Who may open a connection to the pods of a stack. What model servers say among themselves is neither encrypted nor authenticated, and
 * some of it can run code (vLLM docs/usage/security.md), so only their own stack may reach it.
 *
 * Policies hold on the pod's first interface alone: networks of GPU NICs go around them, and have their own VPC instead
 * (GKE documentation, "About multi-network support for Pods").
 */
import type { V1NetworkPolicy, V1NetworkPolicyIngressRule, V1NetworkPolicyPeer } from '@kubernetes/client-node';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { gatewayOf } from '../../../shared/domain/serving/resolve-gateway.ts';
import { safetyOf } from '../../../shared/domain/serving/safety-defaults.ts';
import type { Applied, Wire } from '../../kubernetes/wire.ts';
import { modelRouterName, pickerName } from '../gateway/names.ts';
import { PORTS as MODEL_ROUTER_PORTS } from '../gateway/model-router.ts';
import { PICKER_PORTS } from '../gateway/picker-ports.ts';
import { type Labels, componentSelector, roleSelector, stackLabels, stackSelector } from '../labels.ts';

type Peer = Wire<V1NetworkPolicyPeer>;
type Rule = Wire<V1NetworkPolicyIngressRule>;

export function networkPolicies(stack: Stack): readonly Applied<V1NetworkPolicy>[] {
  if (!safetyOf(stack).networkPolicies.enabled) return [];
  return [...stack.roles.map((role) => ofRole(stack, role)), ...ofGateway(stack)];
}

/** Whatever selects a pod denies all that no policy of it allows (Kubernetes documentation, "Network Policies"). */
function ofRole(stack: Stack, role: StackRole): Applied<V1NetworkPolicy> {
  const { serving, modelServer, count } = role.ports;
  const picker = { podSelector: { matchLabels: componentSelector(stack, 'endpoint-picker') } };
  return policy(stack, {
    name: role.name,
    podSelector: roleSelector(stack, role),
    ingress: [
      // Ports of NCCL, Gloo, UCX and torch.distributed are whatever is free, so there is no list of them.
      { from: [{ podSelector: { matchLabels: stackSelector(stack) } }] },
      { ...fromOf(gatewayPeers(stack), clientPeers(stack)), ports: tcp(serving, count) },
      // Metrics and, where it is told of them, events of blocks.
      ...(gatewayOf(stack) === undefined ? [] : [{ from: [picker] }]),
      { from: [collectors], ports: tcp(modelServer, count) },
    ],
  });
}

/** What the load balancer asks about each request. */
function ofGateway(stack: Stack): readonly Applied<V1NetworkPolicy>[] {
  const gateway = gatewayOf(stack);
  if (gateway === undefined) return [];
  const { own, route } = gateway;
  const callout = (ports: { readonly grpc: number; readonly health: number }): Rule => {
    return { ...fromOf(gatewayPeers(stack), []), ports: [...tcp(ports.grpc), ...tcp(ports.health)] };
  };
  const picker = policy(stack, {
    name: pickerName(stack),
    podSelector: componentSelector(stack, 'endpoint-picker'),
    ingress: [callout(PICKER_PORTS), { from: [collectors], ports: tcp(PICKER_PORTS.metrics) }],
  });
  if (own === undefined || route?.byModel !== true) return [picker];
  const podSelector = componentSelector(stack, 'model-router');
  return [picker, policy(stack, { name: modelRouterName(stack), podSelector, ingress: [callout(MODEL_ROUTER_PORTS)] })];
}

interface Written {
  readonly name: string;
  readonly podSelector: Labels;
  readonly ingress: readonly Rule[];
}

function policy(stack: Stack, { name, podSelector, ingress }: Written): Applied<V1NetworkPolicy> {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: stack.namespace, labels: stackLabels(stack) },
    spec: { podSelector: { matchLabels: podSelector }, policyTypes: ['Ingress'], ingress },
  };
}

/** No `from`: anybody, which is what is known while nobody says where the gateway's proxies are. */
function fromOf(gateway: readonly Peer[], clients: readonly Peer[]): Pick<Rule, 'from'> {
  return gateway.length === 0 ? {} : { from: [...gateway, ...clients] };
}

function gatewayPeers(stack: Stack): readonly Peer[] {
  const { gatewayRanges } = safetyOf(stack).networkPolicies;
  if (gatewayRanges.length === 0) return [];
  return [...gatewayRanges, ...healthCheckRanges].map((cidr) => ({ ipBlock: { cidr } }));
}

/** Namespaces that the document names, and the stack's own load test, which asks its Service. */
function clientPeers(stack: Stack): readonly Peer[] {
  const { clientNamespaces } = safetyOf(stack).networkPolicies;
  return [
    ...(clientNamespaces.length === 0 ? [] : [inNamespaces(clientNamespaces)]),
    ...(stack.spec.verification?.load === undefined
      ? []
      : [{ podSelector: { matchLabels: componentSelector(stack, 'load-test') } }]),
  ];
}

/** Google Cloud documentation, "Health checks overview": probe IP ranges of application load balancers. */
const healthCheckRanges = ['35.191.0.0/16', '130.211.0.0/22'] as const;

/** Managed Service for Prometheus as GKE runs it, and as it is installed by hand (GoogleCloudPlatform/prometheus-engine manifests/operator.yaml). */
const collectors: Peer = {
  ...inNamespaces(['gke-gmp-system', 'gmp-system']),
  podSelector: { matchLabels: { 'app.kubernetes.io/name': 'collector' } },
};

/** Every namespace has its name as a label (Kubernetes documentation, "Automatic labelling"). */
function inNamespaces(names: readonly string[]): Peer {
  const matchExpressions = [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: names }];
  return { namespaceSelector: { matchExpressions } };
}

/** One by one: Cilium, and so Dataplane V2, took `endPort` and ignored it for years (cilium/cilium issue 28684), which closes all but the first. */
function tcp(first: number, count = 1): NonNullable<Rule['ports']> {
  return Array.from({ length: count }, (_, rank) => ({ protocol: 'TCP', port: first + rank }));
}
