/** Who the pods of a stack are. */
import type { V1ServiceAccount } from '@kubernetes/client-node';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { safetyOf } from '../../../shared/domain/serving/safety-defaults.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { stackLabels } from '../labels.ts';
import type { Contributor } from '../pod/contribution.ts';

export function serviceAccountName({ name }: Stack): string {
  return name;
}

/**
 * With the annotation pods act as a Google service account; without it as `principal://…/subject/ns/<namespace>/sa/<name>`, which IAM
 * policies can name (GKE documentation, "Authenticate to Google Cloud APIs from GKE workloads").
 */
export function serviceAccount(stack: Stack): Applied<V1ServiceAccount> {
  const { googleServiceAccount } = safetyOf(stack);
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: serviceAccountName(stack),
      namespace: stack.namespace,
      labels: stackLabels(stack),
      ...(googleServiceAccount !== undefined && {
        annotations: { 'iam.gke.io/gcp-service-account': googleServiceAccount },
      }),
    },
    // Model servers ask nothing of Kubernetes; Google's APIs are reached through the metadata server, which needs no token here.
    automountServiceAccountToken: false,
  };
}

export const identity: Contributor = (stack) => {
  const { priority } = safetyOf(stack);
  return {
    serviceAccountName: serviceAccountName(stack),
    ...(priority !== undefined && { priorityClassName: priority.className }),
  };
};
