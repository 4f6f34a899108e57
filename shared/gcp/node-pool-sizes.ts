/** Sizes of node pools: GKE grows them, and the instance groups behind them delete chosen machines. */
import { InstanceGroupManagersClient } from '@google-cloud/compute/build/src/v1/instance_group_managers_client.js';
import { ZoneOperationsClient } from '@google-cloud/compute/build/src/v1/zone_operations_client.js';
import { at, textAt } from '../domain/compare.ts';
import { AutomationError } from '../errors.ts';
import type { InstanceGroup, InstanceGroupSize, NodePoolSizes, PoolRef } from '../ports/node-pool-sizes.ts';
import { attempt, clientOptions, lazily, readTimeoutMs, startOperation, withDeadline } from './calls.ts';
import { toRestJson } from './compute-json.ts';
import { readOperationWith } from './compute-operations.ts';
import type { GoogleConnection } from './connection.ts';
import { gaxInstance } from './gax.ts';
import { gkeCallOf } from './gke-calls.ts';
import { locationPath } from './location-path.ts';
import { counted } from '../domain/counted.ts';

export function makeNodePoolSizes({ connection }: { readonly connection: GoogleConnection }): NodePoolSizes {
  const call = gkeCallOf(connection);
  return {
    setNodesPerZone: (ref, nodesPerZone, { timeoutMs }) =>
      startOperation(
        `setting node pool ${ref.cluster}/${ref.pool} to ${counted(nodesPerZone, 'node')} per zone`,
        async () =>
          textAt(await call('setNodePoolSize', { name: pathOf(ref), nodeCount: nodesPerZone }, timeoutMs), 'name'),
      ),
    setAutoscalingBounds: (ref, bounds, { timeoutMs }) => {
      const { min, max, ...policy } = bounds;
      // The total counts hold for all zones together; the others would count for each of them.
      const autoscaling = { enabled: true, totalMinNodeCount: min, totalMaxNodeCount: max, ...policy };
      const doing = `setting the autoscaling of node pool ${ref.cluster}/${ref.pool} to ${min}..${counted(max, 'node')}`;
      return startOperation(doing, async () =>
        textAt(await call('setNodePoolAutoscaling', { name: pathOf(ref), autoscaling }, timeoutMs), 'name'),
      );
    },
    ...instanceGroups(connection),
  };
}

function instanceGroups(
  connection: GoogleConnection,
): Pick<NodePoolSizes, 'readGroups' | 'deleteInstances' | 'readGroupOperation'> {
  const options = clientOptions(connection, 'compute');
  const managers = lazily(() => new InstanceGroupManagersClient(options, gaxInstance));
  const operations = lazily(() => new ZoneOperationsClient(options, gaxInstance));
  return {
    readGroups: (groups) =>
      Promise.all(
        groups.map((group) =>
          attempt(`reading instance group ${group.name}`, async () => {
            const [found] = await (await managers()).get(addressOf(group), withDeadline(readTimeoutMs));
            return toSize(group, toRestJson(found));
          }),
        ),
      ),
    deleteInstances: (group, { instances, requestId }, { timeoutMs }) =>
      startOperation(`deleting ${instances.join(', ')} of instance group ${group.name}`, async () => {
        const request = { ...addressOf(group), requestId, ...deletionOf(group, instances) };
        const [operation] = await (await managers()).deleteInstances(request, withDeadline(timeoutMs));
        return operation.latestResponse.name ?? undefined;
      }),
    readGroupOperation: ({ project, zone }, operation) =>
      readOperationWith(operation, async () => {
        const client = await operations();
        return (await client.get({ project, zone, operation }, withDeadline(readTimeoutMs)))[0];
      }),
  };
}

function pathOf({ place, cluster, pool }: PoolRef): string {
  return `${locationPath(place)}/clusters/${cluster}/nodePools/${pool}`;
}

function addressOf({ project, zone, name }: InstanceGroup) {
  return { project, zone, instanceGroupManager: name };
}

function deletionOf({ zone }: InstanceGroup, names: readonly string[]) {
  return {
    instanceGroupManagersDeleteInstancesRequestResource: {
      instances: names.map((name) => `zones/${zone}/instances/${name}`),
      // One that is gone already must not keep the others.
      skipInstancesOnValidationError: true,
    },
  };
}

/** `targetSize` is left out of the answer when it is 0. */
function toSize(group: InstanceGroup, manager: ReturnType<typeof toRestJson>): InstanceGroupSize {
  const targetSize = at(manager, 'targetSize') ?? 0;
  if (typeof targetSize === 'number') return { group, targetSize };
  throw new AutomationError(
    'permanent',
    `reading instance group ${group.name}: targetSize is ${JSON.stringify(targetSize)}`,
  );
}
