import { objectLabels } from '../../shared/domain/ownership.ts';
import type { ResolvedCluster } from '../../shared/domain/resolved-cluster.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

/** Home of what we run in the cluster and is not tied to `kube-system`. */
export function fleetNamespace(cluster: ResolvedCluster): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'inference-fleet', labels: objectLabels(cluster.target) },
  };
}
