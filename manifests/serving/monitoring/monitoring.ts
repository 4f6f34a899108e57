/** What is measured of a stack, and who is told. */
import type { ResolvedMonitoring } from '../../../shared/domain/serving/monitoring-defaults.ts';
import { resolveMonitoring } from '../../../shared/domain/serving/monitoring-defaults.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { rules, type RuleGroup, type Rules } from '../../kubernetes/managed-prometheus.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { pressureRules } from '../autoscaling/pressure.ts';
import { clusterWideName } from '../cluster-wide-name.ts';
import { stackLabels } from '../labels.ts';
import { alertingRules } from './alerting-rules.ts';
import { gpuRules } from './gpu-rules.ts';
import { metricsToken } from './metrics-token.ts';
import { clusterPodMonitorings, podMonitorings } from './monitors.ts';
import { recordingRules } from './recording-rules.ts';

/** Nothing where the document has no `monitoring`: clusters without Managed Service for Prometheus do not know these kinds. */
export function monitoring(stack: Stack): readonly Applied[] {
  const resolved = resolveMonitoring(stack);
  if (resolved === undefined) return [];
  const monitors =
    resolved.scope === 'cluster' ? clusterPodMonitorings(stack, resolved) : podMonitorings(stack, resolved);
  return [
    ...metricsToken(stack, resolved),
    ...monitors,
    ...stackRules(stack, resolved),
    ...exporterRules(stack, resolved),
  ];
}

/** Figures more often than alerts, which are computed of them. */
function stackRules(stack: Stack, resolved: ResolvedMonitoring): readonly Rules[] {
  if (!resolved.rules) return [];
  const groups: readonly RuleGroup[] = [
    { name: `${stack.name}-figures`, interval: '30s', rules: recordingRules(stack) },
    ...pressureRules(stack),
    { name: `${stack.name}-alerts`, interval: '1m', rules: alertingRules(stack, resolved) },
  ];
  return [rules({ name: stack.name, namespace: stack.namespace, labels: stackLabels(stack) }, groups)];
}

/** Rules see only the namespace that they are in, so these go to the exporter's, where stacks of other namespaces may have theirs. */
function exporterRules(stack: Stack, { gpuExporter }: ResolvedMonitoring): readonly Rules[] {
  if (gpuExporter === undefined) return [];
  const name = clusterWideName(stack, `${stack.name}-gpus`);
  const metadata = { name, namespace: gpuExporter.namespace, labels: stackLabels(stack) };
  return [rules(metadata, [gpuRules(stack)])];
}
