/** Of scalers in the cluster. */
import { replicaBounds } from '../../../shared/domain/serving/autoscaling-defaults.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Reason } from './reason.ts';

const HPA = 'Google Cloud documentation, "Horizontal Pod autoscaling (HPA)" of Managed Service for Prometheus';
const KEDA_PROMETHEUS = 'kedacore/keda-docs content/docs/latest/scalers/prometheus.md';
const KEDA_FALLBACK = 'kedacore/keda-docs content/docs/latest/reference/scaledobject-spec.md';
const WORKLOAD = 'kedacore/keda pkg/scalers/kubernetes_workload_scaler.go';
const GUIDES = 'llm-d/llm-d guides/workload-autoscaling';

const shared: readonly Reason[] = [
  {
    setting: '* spec.scaleTargetRef',
    why: "what has the role's number of replicas; one scaler for each, since two would pull against each other",
    source: KEDA_FALLBACK,
  },
];

const hpa: readonly Reason[] = [
  { setting: 'HorizontalPodAutoscaler spec.minReplicas', why: boundsSaid, source: 'spec.autoscaling' },
  { setting: 'HorizontalPodAutoscaler spec.maxReplicas', why: boundsSaid, source: 'spec.autoscaling' },
  {
    setting: 'HorizontalPodAutoscaler spec.metrics',
    why: 'as the adapter of custom metrics names gauges of Managed Prometheus; averages over the replicas. With flow control requests wait in the endpoint picker, so its queue counts and that of the servers is empty',
    source: HPA,
  },
  {
    setting: 'HorizontalPodAutoscaler spec.behavior',
    why: 'a queue stands until the replicas that it called have loaded their model, so more are added only after five minutes of it; taken away likewise',
    source: `${GUIDES}/keda-epp`,
  },
];

const keda: readonly Reason[] = [
  { setting: 'ScaledObject spec.minReplicaCount', why: boundsSaid, source: 'spec.autoscaling' },
  { setting: 'ScaledObject spec.maxReplicaCount', why: boundsSaid, source: 'spec.autoscaling' },
  {
    setting: 'ScaledObject spec.pollingInterval',
    why: 'seconds between looks while there is no replica; with one the HPA looks every 15 s',
    source: `${GUIDES}/keda-epp`,
  },
  {
    setting: 'ScaledObject spec.cooldownPeriod',
    why: 'seconds without a request before the last replica goes, where none is allowed',
    source: `${GUIDES}/keda-epp`,
  },
  {
    setting: 'ScaledObject spec.fallback',
    why: 'when monitoring breaks the replicas stay, and are at least as many as the document begins with; a fixed number would shed load',
    source: KEDA_FALLBACK,
  },
  {
    setting: 'ScaledObject spec.advanced.horizontalPodAutoscalerConfig.behavior',
    why: behaviorSaid,
    source: GUIDES,
  },
  {
    setting: 'ScaledObject spec.advanced.scalingModifiers',
    why: formulaSaid,
    source: GUIDES,
  },
  {
    setting: 'ScaledObject spec.triggers',
    why: 'one series each, of this cluster and namespace, as queries are of the whole project; sums, because HPA divides by the target and a mean could never ask for more. Silence is an error (ignoreNullValues), and zero only while the endpoint picker is heard',
    source: KEDA_PROMETHEUS,
  },
  {
    setting: 'ScaledObject spec.triggers.replicas',
    why: 'KEDA counts pods itself, starting ones too: kube-state-metrics of GKE knows Deployments only',
    source: WORKLOAD,
  },
  {
    setting: 'TriggerAuthentication spec',
    why: "KEDA's own account, by Workload Identity; it needs roles/monitoring.viewer of the project",
    source: KEDA_PROMETHEUS,
  },
];

function boundsSaid(stack: Stack): string {
  const each = stack.roles.map(({ role }) => {
    const { min, max } = replicaBounds(stack, role) ?? { min: 0, max: 0 };
    return `${role}: ${min} to ${max}`;
  });
  return `bounds of the owner; ${each.join(', ')}`;
}

function behaviorSaid({ spec }: Stack): string {
  switch (spec.autoscaling?.signal ?? 'queue') {
    case 'queue':
      return 'up at once, since the formula counts replicas that start already; down after five minutes of less';
    case 'slo':
      return 'up by the larger of double and four a minute after half a minute, down one in two minutes after three';
    case 'tokens':
      return 'up one in three minutes, because weights take minutes to load and a burst of seconds is over by then; down one in five';
  }
}

function formulaSaid({ spec }: Stack): string {
  return spec.autoscaling?.signal === 'slo'
    ? 'up by what is over the band, less what is starting already, down by what is under it; between 0.4 and 0.55 of the objective nothing changes'
    : 'the larger demand of both, less replicas that are starting already, and never fewer than there are while more are needed';
}

export const autoscalingReasons: readonly Reason[] = [...shared, ...hpa, ...keda];
