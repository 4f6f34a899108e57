/**
 * Monitored resources that user-defined metrics may be written against, with their labels.
 * Source: pages "Create user-defined metrics with the API" (which types) and "Monitored resource types" (labels).
 */
export const writableResources: ReadonlyMap<string, readonly string[]> = new Map([
  ['global', ['project_id']],
  ['generic_node', ['project_id', 'location', 'namespace', 'node_id']],
  ['generic_task', ['project_id', 'location', 'namespace', 'job', 'task_id']],
  ['gce_instance', ['project_id', 'instance_id', 'zone']],
  ['k8s_cluster', ['project_id', 'location', 'cluster_name']],
  ['k8s_node', ['project_id', 'location', 'cluster_name', 'node_name']],
  ['k8s_pod', ['project_id', 'location', 'cluster_name', 'namespace_name', 'pod_name']],
  ['k8s_container', ['project_id', 'location', 'cluster_name', 'namespace_name', 'pod_name', 'container_name']],
  ['prometheus_target', ['project_id', 'location', 'cluster', 'namespace', 'job', 'instance']],
]);

/** Filled in by the service when a writer leaves it out. */
export const PROJECT_LABEL = 'project_id';

/** Domains of metric types that a client may write; the exporter of Managed Prometheus is such a client. */
export const WRITABLE_METRIC = /^(custom|external|workload|prometheus)\.googleapis\.com\/[^/]/;
