/** What has the scale subresource of a role: what an autoscaler names, and what inference-fleet's ModelService names as its workload. */
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';

export interface ScaleTarget {
  readonly apiVersion: string;
  readonly kind: 'Deployment' | 'LeaderWorkerSet' | 'DisaggregatedSetRoleScaler';
  readonly name: string;
}

/** A DisaggregatedSet has no such subresource; each of its roles has an object of its own, `<set>-<role>`. */
export function scaleTarget({ isDisaggregatedSet }: Stack, { workload, name }: StackRole): ScaleTarget {
  if (isDisaggregatedSet) {
    return { apiVersion: 'disaggregatedset.x-k8s.io/v1', kind: 'DisaggregatedSetRoleScaler', name };
  }
  const apiVersion = workload === 'Deployment' ? 'apps/v1' : 'leaderworkerset.x-k8s.io/v1';
  return { apiVersion, kind: workload, name };
}
