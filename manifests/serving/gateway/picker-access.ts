/** Who the endpoint picker is, and what it may read (llm-d/llm-d-router config/charts/routerlib/templates/_rbac.yaml). */
import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1PolicyRule,
  V1Role,
  V1RoleBinding,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import type { StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { LLM_D_GROUP, POOL_GROUP } from '../../kubernetes/inference-extension.ts';
import { READ, RBAC_GROUP, RBAC_VERSION } from '../../kubernetes/rbac.ts';
import type { Applied, Wire } from '../../kubernetes/wire.ts';
import { componentLabels } from '../labels.ts';
import { pickerClusterName, pickerName } from './names.ts';

/** All in the namespace of the stack, but what asks who scrapes. */
export function pickerAccess(stack: Stack, { picker: { replicas, metricsAuth } }: StackGateway): readonly Applied[] {
  return [
    account(stack),
    role(stack, replicas > 1 ? [...reading, ...leading] : reading),
    binding(stack),
    ...(metricsAuth ? [clusterRole(stack), clusterBinding(stack)] : []),
  ];
}

/** The pods that it chooses from, the pool that says which, and what requests may name. */
const reading: readonly Wire<V1PolicyRule>[] = [
  { apiGroups: [''], resources: ['pods'], verbs: READ },
  { apiGroups: [POOL_GROUP], resources: ['inferencepools'], verbs: READ },
  { apiGroups: [LLM_D_GROUP], resources: ['inferenceobjectives', 'inferencemodelrewrites'], verbs: READ },
];

/** Several of them elect one; it says so in an event. */
const leading: readonly Wire<V1PolicyRule>[] = [
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: [...READ, 'create', 'update', 'patch', 'delete'],
  },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];

/** By its own name: roles are given to it alone. */
function account(stack: Stack): Applied<V1ServiceAccount> {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadataOf(stack) };
}

function role(stack: Stack, rules: readonly Wire<V1PolicyRule>[]): Applied<V1Role> {
  return { apiVersion: RBAC_VERSION, kind: 'Role', metadata: metadataOf(stack), rules };
}

function binding(stack: Stack): Applied<V1RoleBinding> {
  return {
    apiVersion: RBAC_VERSION,
    kind: 'RoleBinding',
    metadata: metadataOf(stack),
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: pickerName(stack) },
    subjects: [subjectOf(stack)],
  };
}

/** To ask the API server who scrapes its metrics, which are no objects of a namespace. */
function clusterRole(stack: Stack): Applied<V1ClusterRole> {
  return {
    apiVersion: RBAC_VERSION,
    kind: 'ClusterRole',
    metadata: { name: pickerClusterName(stack), labels: componentLabels(stack, 'endpoint-picker') },
    rules: [
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    ],
  };
}

function clusterBinding(stack: Stack): Applied<V1ClusterRoleBinding> {
  return {
    apiVersion: RBAC_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: { name: pickerClusterName(stack), labels: componentLabels(stack, 'endpoint-picker') },
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: pickerClusterName(stack) },
    subjects: [subjectOf(stack)],
  };
}

function subjectOf(stack: Stack) {
  return { kind: 'ServiceAccount', name: pickerName(stack), namespace: stack.namespace } as const;
}

function metadataOf(stack: Stack): Applied['metadata'] {
  return { name: pickerName(stack), namespace: stack.namespace, labels: componentLabels(stack, 'endpoint-picker') };
}
