/** What is scraped: every port of a model server, and the endpoint picker. */
import type { V1LabelSelector } from '@kubernetes/client-node';
import type { ResolvedMonitoring } from '../../../shared/domain/serving/monitoring-defaults.ts';
import { gatewayOf } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import {
  type ClusterPodMonitoring,
  clusterPodMonitoring,
  type PodMonitoring,
  podMonitoring,
  type ScrapeEndpoint,
  type TargetLabels,
} from '../../kubernetes/managed-prometheus.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import { pickerName } from '../gateway/names.ts';
import {
  componentSelector,
  INSTANCE_LABEL,
  labelKeys,
  type Labels,
  managedByUs,
  roleSelector,
  servingSelector,
  stackLabels,
} from '../labels.ts';
import { portNames } from '../pod/model-server.ts';
import { seriesLabels } from './metrics.ts';
import { metricsTokenSecret } from './metrics-token.ts';
import { anyPicker, METRICS_PORT, PICKER } from './picker.ts';

/** A monitor for each role, of up to 8 ports where 10 are allowed, and one for the picker. Workers of a tensor-parallel group have no HTTP port and are not selected. */
export function podMonitorings(stack: Stack, monitoring: ResolvedMonitoring): readonly PodMonitoring[] {
  const { namespace } = stack;
  const labels = stackLabels(stack);
  const ofRoles = stack.roles.map((role) =>
    podMonitoring(
      { name: role.name, namespace, labels },
      {
        selector: { matchLabels: { ...servingSelector(stack), ...roleSelector(stack, role) } },
        endpoints: portNames(role.ports).map((port) => endpoint(port, monitoring)),
        targetLabels: targetLabels(['container', 'node', 'pod']),
      },
    ),
  );
  const picker = gatewayOf(stack)?.picker;
  if (picker === undefined) return ofRoles;
  const pickerEndpoint = endpoint(METRICS_PORT, monitoring);
  const ofPicker = podMonitoring(
    { name: pickerName(stack), namespace, labels },
    {
      selector: { matchLabels: componentSelector(stack, PICKER) },
      endpoints: [picker.metricsAuth ? withToken(pickerEndpoint, metricsTokenSecret(stack)) : pickerEndpoint],
      targetLabels: targetLabels(['container', 'node', 'pod']),
    },
  );
  return [...ofRoles, ofPicker];
}

/** Names of cluster-wide monitors: any stack that asks for them renders the same. */
const CLUSTER_WIDE = { servers: 'inference-fleet-model-servers', pickers: 'inference-fleet-endpoint-pickers' } as const;

/** For all stacks of the cluster: one for each port that servers may have, of which other stacks may have fewer. */
export function clusterPodMonitorings(stack: Stack, monitoring: ResolvedMonitoring): readonly ClusterPodMonitoring[] {
  const count = Math.max(...stack.roles.map(({ ports }) => ports.count));
  const ofServers = portNames({ count }).map((port, rank) => {
    const name = rank === 0 ? CLUSTER_WIDE.servers : `${CLUSTER_WIDE.servers}-${rank}`;
    return clusterWide(name, { [labelKeys.serving]: 'true' }, endpoint(port, monitoring));
  });
  if (gatewayOf(stack) === undefined) return ofServers;
  return [...ofServers, clusterWide(CLUSTER_WIDE.pickers, anyPicker, endpoint(METRICS_PORT, monitoring))];
}

/** Selects by labels that every stack of ours has, never by the name of one. */
function clusterWide(name: string, marked: Labels, scraped: ScrapeEndpoint): ClusterPodMonitoring {
  const selector: Wire<V1LabelSelector> = { matchLabels: { ...managedByUs, ...marked } };
  return clusterPodMonitoring(
    { name, labels: { ...managedByUs } },
    { selector, endpoints: [scraped], targetLabels: targetLabels(['container', 'namespace', 'node', 'pod']) },
  );
}

function endpoint(port: string, { intervalSeconds, timeoutSeconds }: ResolvedMonitoring): ScrapeEndpoint {
  return { port, path: '/metrics', interval: `${intervalSeconds}s`, timeout: `${timeoutSeconds}s` };
}

/** The picker asks who reads its metrics (`metricsAuth`). */
function withToken(scraped: ScrapeEndpoint, secret: string): ScrapeEndpoint {
  const credentials = { secret: { name: secret, key: 'token' } };
  return { ...scraped, authorization: { type: 'Bearer', credentials } };
}

/** Stack and role become labels of series, by which rules and autoscalers select. */
function targetLabels(metadata: TargetLabels['metadata']): TargetLabels {
  return {
    metadata,
    fromPod: [
      { from: INSTANCE_LABEL, to: seriesLabels.stack },
      { from: labelKeys.role, to: seriesLabels.role },
    ],
  };
}
