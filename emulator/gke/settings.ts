/**
 * Calls that change settings of a cluster or a pool and no machine. What is sent replaces what was there when the operation ends. Nodes
 * that stand keep the labels and taints that they came with; those that come later have the new ones.
 */
import { copyOf, type JsonMap, type JsonValue } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { SETTINGS_MS } from './durations.ts';
import type { OperationScope } from './operations.ts';
import { mapAt, valueAt } from './read.ts';
import { nodeNetworkImmutable, notServed } from './rejections.ts';
import { clusterScope, poolScope } from './scopes.ts';
import type { ClusterState, GkeContext, PoolOfCluster } from './state.ts';

/** `apply` is called at the end. */
function startChange(context: GkeContext, scope: OperationScope, apply: () => void): JsonMap {
  const operation = context.operations.start(scope);
  context.base.clock.after(SETTINGS_MS, () => {
    apply();
    operation.finish();
  });
  return operation.view();
}

export function startManagementChange(
  context: GkeContext,
  { cluster, pool }: PoolOfCluster,
  management: JsonMap,
): JsonMap {
  return startChange(context, poolScope(cluster, 'SET_NODE_POOL_MANAGEMENT', pool.name), () => {
    pool.spec = { ...pool.spec, management: copyOf(management) };
  });
}

/** "This makes no changes if the last upgrade successfully completed" (cluster_service.proto), and in this world none ever fails. */
export function startRollback(context: GkeContext, { cluster, pool }: PoolOfCluster): JsonMap {
  return startChange(context, poolScope(cluster, 'UPGRADE_NODES', pool.name), () => {});
}

/** Neither the fingerprint nor the policy's resource version is compared: of two who change at once the last one wins. */
export function startClusterSetting(
  context: GkeContext,
  cluster: ClusterState,
  { type, field, value }: { readonly type: string; readonly field: string; readonly value: JsonMap },
): JsonMap {
  return startChange(context, clusterScope(cluster, type), () => {
    cluster.spec = { ...cluster.spec, [field]: copyOf(value) };
  });
}

/** Field of ClusterUpdate → field of Cluster, where the value is of the same type and nothing is made anew for it. */
const clusterSettings: Readonly<Record<string, string>> = {
  desiredAddonsConfig: 'addonsConfig',
  desiredControlPlaneEndpointsConfig: 'controlPlaneEndpointsConfig',
  desiredCostManagementConfig: 'costManagementConfig',
  desiredLoggingConfig: 'loggingConfig',
  desiredLoggingService: 'loggingService',
  desiredMonitoringConfig: 'monitoringConfig',
  desiredMonitoringService: 'monitoringService',
  desiredNotificationConfig: 'notificationConfig',
  desiredReleaseChannel: 'releaseChannel',
  desiredSecurityPostureConfig: 'securityPostureConfig',
  desiredShieldedNodes: 'shieldedNodes',
  desiredVerticalPodAutoscaling: 'verticalPodAutoscaling',
  desiredWorkloadIdentityConfig: 'workloadIdentityConfig',
};

/** Of these only what is named changes: an add-on or an endpoint that is not stays as it is. */
const merged: readonly string[] = ['addonsConfig', 'controlPlaneEndpointsConfig'];

/** One setting in each call, as ClusterUpdate's comment demands; those that make nodes or the control plane anew are not served. */
export function startClusterUpdate(context: GkeContext, cluster: ClusterState, update: JsonMap): JsonMap {
  const asked = Object.keys(update).filter((name) => name !== 'etag');
  const [name = ''] = asked;
  const { [name]: value } = update;
  const field = clusterSettings[name];
  const isGateway = name === 'desiredGatewayApiConfig';
  if (asked.length !== 1 || value === undefined || (field === undefined && !isGateway))
    return reject(notServed, `UpdateCluster with ${asked.join(', ') || 'nothing'}`);
  return startChange(context, clusterScope(cluster, 'UPDATE_CLUSTER'), () => {
    const { spec } = cluster;
    cluster.spec = isGateway
      ? { ...spec, networkConfig: { ...mapAt(spec, 'networkConfig'), gatewayApiConfig: copyOf(value) } }
      : {
          ...spec,
          [field ?? '']: field !== undefined && merged.includes(field) ? merge(spec[field], value) : copyOf(value),
        };
  });
}

function merge(before: JsonValue | undefined, change: JsonValue): JsonValue {
  return { ...mapAt({ before }, 'before'), ...copyOf(mapAt({ change }, 'change')) };
}

/** Field of UpdateNodePoolRequest → where its value stands in the request, of NodeConfig. */
const poolSettings: Readonly<Record<string, string>> = {
  labels: 'labels.labels',
  taints: 'taints.taints',
  tags: 'tags.tags',
  resourceLabels: 'resourceLabels.labels',
  resourceManagerTags: 'resourceManagerTags',
  workloadMetadataConfig: 'workloadMetadataConfig',
};

/** Of these the value is a list. */
const lists: readonly string[] = ['taints', 'tags'];

/** Fields of the request that name the pool. */
const naming: readonly string[] = ['name', 'projectId', 'zone', 'clusterId', 'nodePoolId', 'etag'];

/** The node networks of a pool are fixed when it is made; whatever else would make its machines anew is not served. */
export function startPoolUpdate(context: GkeContext, { cluster, pool }: PoolOfCluster, update: JsonMap): JsonMap {
  const asked = Object.keys(update).filter((name) => !naming.includes(name));
  const networks = (of: JsonMap) => JSON.stringify(valueAt(of, 'additionalNodeNetworkConfigs') ?? []);
  const { nodeNetworkConfig } = update;
  const changesNetworks =
    Object.hasOwn(mapAt(update, 'nodeNetworkConfig'), 'additionalNodeNetworkConfigs') &&
    networks(mapAt({ nodeNetworkConfig }, 'nodeNetworkConfig')) !== networks(mapAt(pool.spec, 'networkConfig'));
  if (changesNetworks) reject(nodeNetworkImmutable, pool.name);
  const beyond = asked.filter((name) => name !== 'upgradeSettings' && poolSettings[name] === undefined);
  if (beyond.length > 0 || asked.length === 0)
    reject(notServed, `UpdateNodePool with ${beyond.join(', ') || 'nothing'}`);
  return startChange(context, poolScope(cluster, 'UPDATE_CLUSTER', pool.name), () => {
    const config = Object.entries(poolSettings).flatMap(([name, path]) => {
      // What is emptied is sent as a message without content.
      const nothing = lists.includes(name) ? [] : {};
      return asked.includes(name) ? [[name, copyOf(valueAt(update, path) ?? nothing)] as const] : [];
    });
    pool.spec = {
      ...pool.spec,
      config: { ...mapAt(pool.spec, 'config'), ...Object.fromEntries(config) },
      ...(asked.includes('upgradeSettings') && { upgradeSettings: copyOf(mapAt(update, 'upgradeSettings')) }),
    };
  });
}
