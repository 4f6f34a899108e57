/**
 * The token by which the collectors read the metrics of a picker that asks for one (llm-d/llm-d-router
 * config/charts/routerlib/templates/_gke.yaml): an account that may read them, its token, and leave for the collectors to read the token.
 */
import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import type { ResolvedMonitoring } from '../../../shared/domain/serving/monitoring-defaults.ts';
import { gatewayOf } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { READ, RBAC_GROUP, RBAC_VERSION } from '../../kubernetes/rbac.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { clusterWideName } from '../cluster-wide-name.ts';
import { stackLabels } from '../labels.ts';

export function metricsTokenSecret({ name }: Stack): string {
  return `${name}-metrics-reader`;
}

export function metricsToken(stack: Stack, monitoring: ResolvedMonitoring): readonly Applied[] {
  if (gatewayOf(stack)?.picker.metricsAuth !== true) return [];
  return [account(stack), token(stack), ...mayReadMetrics(stack), ...mayReadToken(stack, monitoring)];
}

function account(stack: Stack): Applied<V1ServiceAccount> {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: namespaced(stack) };
}

/** Filled by the token controller; it has no end, which is why nothing but the collectors may read it. */
function token(stack: Stack): Applied<V1Secret> {
  const annotations = { 'kubernetes.io/service-account.name': metricsTokenSecret(stack) };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...namespaced(stack), annotations },
    type: 'kubernetes.io/service-account-token',
  };
}

/** A path of HTTP is no object of a namespace, so only a ClusterRole can allow it; its name has the namespace in it. */
function mayReadMetrics(stack: Stack): readonly [Applied<V1ClusterRole>, Applied<V1ClusterRoleBinding>] {
  const name = clusterWideName(stack, metricsTokenSecret(stack));
  const metadata = { name, labels: stackLabels(stack) };
  return [
    {
      apiVersion: RBAC_VERSION,
      kind: 'ClusterRole',
      metadata,
      rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
    },
    {
      apiVersion: RBAC_VERSION,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: metricsTokenSecret(stack), namespace: stack.namespace }],
    },
  ];
}

function mayReadToken(
  stack: Stack,
  { collectorNamespace }: ResolvedMonitoring,
): readonly [Applied<V1Role>, Applied<V1RoleBinding>] {
  const metadata = namespaced(stack);
  const secret = metricsTokenSecret(stack);
  return [
    {
      apiVersion: RBAC_VERSION,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs: READ }],
    },
    {
      apiVersion: RBAC_VERSION,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: 'collector', namespace: collectorNamespace }],
    },
  ];
}

function namespaced(stack: Stack) {
  return { name: metricsTokenSecret(stack), namespace: stack.namespace, labels: stackLabels(stack) };
}
