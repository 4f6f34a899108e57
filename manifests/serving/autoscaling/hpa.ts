/** HPA on Cloud Monitoring, through Google's adapter (GoogleCloudPlatform/k8s-stackdriver custom-metrics-stackdriver-adapter, 0.13.1 or newer). */
import type { V2HorizontalPodAutoscaler, V2MetricSpec } from '@kubernetes/client-node';
import { replicaBounds, type ResolvedAutoscaling } from '../../../shared/domain/serving/autoscaling-defaults.ts';
import { gatewayOf } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied, Wire } from '../../kubernetes/wire.ts';
import { stackLabels } from '../labels.ts';
import { pickerMetrics, serverMetrics, seriesLabels } from '../monitoring/metrics.ts';
import { scaleTarget } from '../workloads/scale-target.ts';
import { behaviorOf } from './behavior.ts';

type Metric = Wire<V2MetricSpec>;

export function horizontalPodAutoscaler(
  stack: Stack,
  role: StackRole,
  scaling: ResolvedAutoscaling,
): Applied<V2HorizontalPodAutoscaler> {
  const { min, max } = replicaBounds(stack, role.role) ?? { min: role.replicas, max: role.replicas };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: role.name, namespace: stack.namespace, labels: stackLabels(stack) },
    spec: {
      scaleTargetRef: scaleTarget(stack, role),
      minReplicas: min,
      maxReplicas: max,
      metrics: metricsOf(stack, role, scaling),
      behavior: behaviorOf(scaling),
    },
  };
}

/** Of several HPA takes the one that asks for most. */
function metricsOf(stack: Stack, role: StackRole, { targets }: ResolvedAutoscaling): readonly Metric[] {
  // Those that wait in decode wait for keys and values too, which another replica does not bring.
  if (role.role === 'decode') return [perPod(serverMetrics.kvCacheUsedRatio, targets.kvCacheUsedRatio)];
  if (gatewayOf(stack)?.flowControl !== undefined) {
    return [
      ofPicker(stack, pickerMetrics.held, targets.heldRequests),
      ofPicker(stack, pickerMetrics.running, targets.runningRequests),
    ];
  }
  return [
    perPod(serverMetrics.waiting, targets.queuedRequests),
    perPod(serverMetrics.running, targets.runningRequests),
  ];
}

/** Mean over the pods that the workload's scale subresource selects; of groups these are the leaders. */
function perPod(metric: string, target: number): Metric {
  return {
    type: 'Pods',
    pods: {
      metric: { name: monitoringName(metric) },
      target: { type: 'AverageValue', averageValue: quantity(target) },
    },
  };
}

/** The sum of all series that are found, divided by the replicas. Found in the whole project, so the place is part of the question. */
function ofPicker({ name, namespace, spec }: Stack, metric: string, target: number): Metric {
  const cluster = spec.autoscaling?.cluster;
  const matchLabels = {
    ...(cluster !== undefined && { 'resource.labels.cluster': cluster }),
    'resource.labels.namespace': namespace,
    [`metric.labels.${seriesLabels.stack}`]: name,
  };
  return {
    type: 'External',
    external: {
      metric: { name: monitoringName(metric), selector: { matchLabels } },
      target: { type: 'AverageValue', averageValue: quantity(target) },
    },
  };
}

/** How the adapter is asked for a gauge of Managed Prometheus: `/` cannot stand in the name of a metric (Google Cloud documentation, "Horizontal Pod autoscaling (HPA)" of Managed Service for Prometheus). */
function monitoringName(metric: string): string {
  return `prometheus.googleapis.com|${metric}|gauge`;
}

/** As the API server writes quantities, which have no more than three places: `800m`. */
function quantity(value: number): string {
  return Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`;
}
