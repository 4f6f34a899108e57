/** Of what is measured, and of who is told. */
import { resolveMonitoring } from '../../../shared/domain/serving/monitoring-defaults.ts';
import type { Reason } from './reason.ts';

const MONITORS =
  'GoogleCloudPlatform/prometheus-engine charts/operator/crds/monitoring.googleapis.com_podmonitorings.yaml';
const CLUSTER_MONITORS =
  'GoogleCloudPlatform/prometheus-engine charts/operator/crds/monitoring.googleapis.com_clusterpodmonitorings.yaml';
const RULES = 'GoogleCloudPlatform/prometheus-engine charts/operator/crds/monitoring.googleapis.com_rules.yaml';
const LLM_D = 'llm-d/llm-d guides/recipes/modelserver/components/monitoring';
const ROUTER = 'llm-d/llm-d-router docs/metrics.md';
const TOKEN = 'llm-d/llm-d-router config/charts/routerlib/templates/_gke.yaml';
const VLLM = 'vllm-project/vllm vllm/v1/metrics/loggers.py';

/** The same of both kinds of monitors. */
function monitorReasons(kind: 'PodMonitoring' | 'ClusterPodMonitoring', source: string): readonly Reason[] {
  return [
    {
      setting: `${kind} spec.endpoints`,
      why: (stack) => {
        const { intervalSeconds = 0, timeoutSeconds = 0 } = resolveMonitoring(stack) ?? {};
        return `the model server's own port, which on decode is not that of the routing sidecar, one for each rank, every ${intervalSeconds} s; a scrape may take ${timeoutSeconds} s, never longer than the interval`;
      },
      source: LLM_D,
    },
    {
      setting: `${kind} spec.targetLabels.metadata`,
      why: 'who was measured; HPA finds pods by the label pod',
      source,
    },
    {
      setting: `${kind} spec.targetLabels.fromPod`,
      why: 'stack and role become labels of every series: rules and autoscalers select by them, not by parts of names',
      source,
    },
  ];
}

const token: readonly Reason[] = [
  {
    setting: 'PodMonitoring spec.endpoints.*.authorization',
    why: 'the endpoint picker asks who scrapes it (metricsAuth)',
    source: TOKEN,
  },
  {
    setting: 'Secret/*-metrics-reader type',
    why: 'the cluster fills it with a token of the account; the collectors have no other way to show one',
    source: TOKEN,
  },
  { setting: 'Secret/*-metrics-reader metadata.annotations', why: 'whose token it is', source: TOKEN },
  {
    setting: 'ClusterRole/*-metrics-reader rules',
    why: 'a path of HTTP belongs to no namespace, so only a ClusterRole can allow it; nothing but this path',
    source: TOKEN,
  },
  {
    setting: 'Role/*-metrics-reader rules',
    why: 'the collectors read this one Secret and no other',
    source: TOKEN,
  },
];

const rules: readonly Reason[] = [
  {
    setting: 'Rules spec.groups',
    why: 'percentiles over all sources together, since those of several cannot be averaged; ratios and sums by role, for dashboards, alerts and scalers alike. Counters end in _total on the wire',
    source: VLLM,
  },
  {
    setting: 'Rules spec.groups.*.interval',
    why: 'figures twice a minute, alerts once; latency that is scaled by as often as the guide smooths it',
    source: 'llm-d/llm-d guides/workload-autoscaling/README.slo-aware.md',
  },
  {
    setting: 'Rules spec.groups.*.rules.*.for',
    why: 'long enough that one slow minute wakes nobody; transfers of keys and values never fail on a stack that is well',
    source: 'Prometheus documentation, "Alerting rules"',
  },
  {
    setting: 'Rules spec.groups.*.rules.*.annotations',
    why: 'what is wrong, and where to look first',
    source: 'Prometheus documentation, "Alerting rules"',
  },
  {
    setting: 'Rules spec.groups.*.rules.*.labels',
    why: 'by which the Alertmanager of Managed Prometheus routes; critical is what users notice',
    source: RULES,
  },
  {
    setting: 'Rules/*-gpus spec.groups',
    why: "of a DCGM exporter of the owner's, in its namespace, which is all that rules there see; GKE's own reports neither XID nor memory errors. XIDs of applications are left out",
    source: 'NVIDIA/dcgm-exporter etc/default-counters.csv',
  },
];

export const monitoringReasons: readonly Reason[] = [
  ...monitorReasons('PodMonitoring', MONITORS),
  ...monitorReasons('ClusterPodMonitoring', CLUSTER_MONITORS),
  ...token,
  ...rules,
  {
    setting: 'PodMonitoring/*-epp spec.endpoints',
    why: 'the metrics of the endpoint picker: what it holds, what runs, and errors as users see them',
    source: ROUTER,
  },
];
