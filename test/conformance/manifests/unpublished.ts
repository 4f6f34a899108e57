/** Kinds that no public definition describes: only our own types hold them (`manifests/kubernetes`). */

/** `apiVersion kind` → what its form was read from. */
export const unpublished: Readonly<Record<string, string>> = {
  'networking.gke.io/v1 HealthCheckPolicy': 'llm-d/llm-d-router config/charts/llm-d-router-gateway/templates/gke.yaml',
  'networking.gke.io/v1 GCPBackendPolicy': 'llm-d/llm-d-router config/charts/llm-d-router-gateway/templates/gke.yaml',
};
