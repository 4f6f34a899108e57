/** What system and GPU nodes have in common. */
import { ownershipLabels } from '../../shared/domain/ownership.ts';
import type { ResolvedCluster } from '../../shared/domain/resolved-cluster.ts';

/** Part of `container.v1.NodeConfig`. */
export type CommonNodeConfig = {
  readonly imageType: 'COS_CONTAINERD';
  readonly oauthScopes: readonly string[];
  readonly resourceLabels: { readonly [key: string]: string };
  readonly shieldedInstanceConfig: { readonly enableSecureBoot: true; readonly enableIntegrityMonitoring: true };
  readonly workloadMetadataConfig?: { readonly mode: 'GKE_METADATA' };
};

export function commonNodeConfig(cluster: ResolvedCluster, pool: string): CommonNodeConfig {
  return {
    imageType: 'COS_CONTAINERD',
    // Access is decided by IAM, not by scopes (GKE documentation, "Access scopes in GKE").
    oauthScopes: ['https://www.googleapis.com/auth/cloud-platform'],
    resourceLabels: { ...cluster.labels, ...ownershipLabels(cluster.target), 'fleet-pool': pool },
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    ...(cluster.workloadIdentity && { workloadMetadataConfig: { mode: 'GKE_METADATA' } }),
  };
}
