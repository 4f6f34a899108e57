/** Kinds that no public definition describes: only our own types hold them (`manifests/kubernetes`). */

/** `apiVersion kind` → what its form was read from. */
export const unpublished: Readonly<Record<string, string>> = {
  'networking.gke.io/v1 HealthCheckPolicy': 'llm-d/llm-d-router config/charts/llm-d-router-gateway/templates/gke.yaml',
  'networking.gke.io/v1 GCPBackendPolicy': 'llm-d/llm-d-router config/charts/llm-d-router-gateway/templates/gke.yaml',
  'networking.gke.io/v1 GCPRoutingExtension': 'GKE documentation, "Configure Body-Based Routing"',
  'datalayer.gke.io/v1 GCPDataSource': 'GKE documentation, "About GKE Volume Populator"',
  'secrets-store.csi.x-k8s.io/v1 SecretProviderClass':
    'Google Cloud documentation, "Use Secret Manager add-on with Google Kubernetes Engine"',
};
