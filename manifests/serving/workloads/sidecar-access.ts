/**
 * What a routing sidecar may read: it sends prompts to pods of its InferencePool only, so it watches the pool and its pods. Without this
 * it waits for ever and its pod never starts (llm-d/llm-d-router pkg/sidecar/proxy/allowlist.go).
 */
import type { V1Role, V1RoleBinding } from '@kubernetes/client-node';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { POOL_GROUP } from '../../kubernetes/inference-extension.ts';
import { READ, RBAC_GROUP, RBAC_VERSION } from '../../kubernetes/rbac.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { stackLabels } from '../labels.ts';
import { podTemplate } from '../pod/pod.ts';
import { isGuarded } from '../pod/routing-sidecar.ts';

export function sidecarAccess(stack: Stack): readonly Applied<V1Role | V1RoleBinding>[] {
  return stack.roles
    .filter((role) => isGuarded(stack, role))
    .flatMap((role) => [access(stack, role), binding(stack, role)]);
}

function access(stack: Stack, role: StackRole): Applied<V1Role> {
  return {
    apiVersion: RBAC_VERSION,
    kind: 'Role',
    metadata: metadata(stack, role),
    rules: [
      { apiGroups: [POOL_GROUP], resources: ['inferencepools'], verbs: READ },
      { apiGroups: [''], resources: ['pods'], verbs: READ },
    ],
  };
}

function binding(stack: Stack, role: StackRole): Applied<V1RoleBinding> {
  const { name } = metadata(stack, role);
  // Whoever the pods run as: another part of the stack says.
  const account =
    podTemplate(stack, role, role.nodes === 1 ? 'single' : 'leader').spec?.serviceAccountName ?? 'default';
  return {
    apiVersion: RBAC_VERSION,
    kind: 'RoleBinding',
    metadata: metadata(stack, role),
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: stack.namespace }],
  };
}

function metadata(stack: Stack, role: StackRole) {
  return { name: `${role.name}-sidecar`, namespace: stack.namespace, labels: stackLabels(stack) };
}
