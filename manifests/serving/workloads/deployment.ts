/** A role whose replicas are single pods. */
import type { V1Deployment } from '@kubernetes/client-node';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { roleSelector, stackLabels } from '../labels.ts';
import { podTemplate } from '../pod/pod.ts';

export function deployment(stack: Stack, role: StackRole): Applied<V1Deployment> {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: role.name,
      namespace: stack.namespace,
      labels: { ...stackLabels(stack), ...roleSelector(stack, role) },
    },
    spec: {
      // An autoscaler's number is not ours: applying it again would undo what it decided.
      ...(stack.spec.autoscaling === undefined && { replicas: role.replicas }),
      progressDeadlineSeconds: stack.startup.progressDeadlineSeconds,
      strategy: { type: 'RollingUpdate', rollingUpdate: role.rollout },
      selector: { matchLabels: roleSelector(stack, role) },
      template: podTemplate(stack, role, 'single'),
    },
  };
}
