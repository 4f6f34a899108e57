/** The product's ports over the same world that the wires serve, in one process and without a socket. */
import type { World } from '../../emulator/world/world.ts';
import { ApiError, type CanonicalCode } from '../../emulator/world/rejection.ts';
import type { JsonMap } from '../../emulator/world/json.ts';
import { at, listAt, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { type OperationReading, readingOrWhyNot } from '#shared/domain/operation.ts';
import type { Place } from '#shared/domain/place.ts';
import { AutomationError } from '#shared/errors.ts';
import { toReading as toComputeReading } from '#shared/gcp/compute-operations.ts';
import { toReading as toGkeReading, toRunningOperation } from '#shared/gcp/gke-operations.ts';
import { toAutomationError } from '#shared/gcp/google-errors.ts';
import type { CloudNetworks, NetworkKind } from '#shared/ports/cloud-networks.ts';
import type { Clusters, NodePools } from '#shared/ports/clusters.ts';
import type { NodePoolSizes, PoolRef } from '#shared/ports/node-pool-sizes.ts';
import type { Timers, WakePublisher } from '#shared/ports/wakes.ts';
import type { ZoneFacts } from '#shared/ports/zone-facts.ts';

/** google/rpc/code.proto in googleapis/googleapis. */
const grpcCodes: Readonly<Record<CanonicalCode, number>> = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};

/** Calls the world and translates its no as the adapters translate that of the services. */
export async function ask<T>(doing: string, call: () => T): Promise<T> {
  try {
    return call();
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    const { code, message, reason, httpStatus } = thrown;
    // A Compute answer is known by its HTTP status and reason, a GKE one by its canonical code.
    const body = { error: { code: httpStatus, message, errors: [{ reason, message }] } };
    const answer =
      reason === undefined ? { code: grpcCodes[code], details: message } : { httpStatusCode: httpStatus, body };
    throw toAutomationError(doing, Object.assign(new Error(message), answer));
  }
}

const isRegional = (kind: NetworkKind) => kind === 'subnetworks' || kind === 'routers';
const computePlace = (kind: NetworkKind, { region }: Place) => (isRegional(kind) ? { region } : {});
const items = (list: JsonMap): readonly JsonObject[] => listAt(list, 'items') as readonly JsonObject[];
export const toMap = (body: JsonObject): JsonMap => JSON.parse(JSON.stringify(body)) as JsonMap;

export function worldNetworks({ compute }: World): CloudNetworks {
  return {
    list: (kind, place) => ask(`listing ${kind}`, () => items(compute.list(kind, computePlace(kind, place)))),
    create: (kind, { place, body, requestId }) =>
      ask(`creating ${textAt(body, 'name')}`, () =>
        String(compute.insert(kind, computePlace(kind, place), toMap(body), { requestId })['name']),
      ),
    readOperation: (kind, place, operation) =>
      read(operation, () => toComputeReading(compute.operation(computePlace(kind, place), operation))),
  };
}

function read(operation: string, reading: () => OperationReading): Promise<OperationReading> {
  return readingOrWhyNot(() => ask(`reading operation ${operation}`, reading));
}

const location = ({ project, region }: Place) => `projects/${project}/locations/${region}`;

export function worldClusters({ gke }: World): Clusters {
  return {
    read: (place, cluster) => ifThere(() => gke.getCluster(`${location(place)}/clusters/${cluster}`)),
    create: (place, body) =>
      ask(`creating cluster ${textAt(body, 'name')}`, () =>
        String(gke.createCluster(location(place), toMap(body))['name']),
      ),
    readOperation: (place, operation) =>
      read(operation, () => toGkeReading(gke.getOperation(`${location(place)}/operations/${operation}`))),
    runningOperations: async (place, cluster) =>
      listAt(gke.listOperations(location(place)), 'operations').flatMap(
        (operation) => toRunningOperation(operation, cluster) ?? [],
      ),
  };
}

export function worldPools({ gke }: World): NodePools {
  return {
    read: (place, cluster, pool) =>
      ifThere(() => gke.getNodePool(`${location(place)}/clusters/${cluster}/nodePools/${pool}`)),
    create: ({ place, cluster }, body) =>
      ask(`creating pool ${textAt(body, 'name')}`, () =>
        String(gke.createNodePool(`${location(place)}/clusters/${cluster}`, toMap(body))['name']),
      ),
  };
}

export function worldNodePoolSizes({ gke, compute }: World): NodePoolSizes {
  const path = ({ place, cluster, pool }: PoolRef) => `${location(place)}/clusters/${cluster}/nodePools/${pool}`;
  return {
    setNodesPerZone: (ref, nodesPerZone) =>
      ask(`resizing ${ref.pool}`, () => String(gke.setNodePoolSize(path(ref), nodesPerZone)['name'])),
    setAutoscalingBounds: (ref, { min, max, ...policy }) =>
      ask(`bounding ${ref.pool}`, () => {
        const autoscaling = { enabled: true, totalMinNodeCount: min, totalMaxNodeCount: max, ...policy };
        return String(gke.setNodePoolAutoscaling(path(ref), autoscaling)['name']);
      }),
    readGroups: (groups) =>
      Promise.all(
        groups.map((group) =>
          ask(`reading ${group.name}`, () => {
            const { targetSize } = compute.get('instanceGroupManagers', { zone: group.zone }, group.name);
            return { group, targetSize: Number(targetSize) };
          }),
        ),
      ),
    deleteInstances: ({ zone, name }, { instances, requestId }) =>
      ask(`deleting ${instances.join(', ')}`, () => {
        const body = {
          instances: instances.map((instance) => `zones/${zone}/instances/${instance}`),
          skipInstancesOnValidationError: true,
        };
        return String(compute.deleteInstances({ zone }, name, { body, requestId })['name']);
      }),
    readGroupOperation: ({ zone }, operation) =>
      read(operation, () => toComputeReading(compute.operation({ zone }, operation))),
  };
}

async function ifThere(call: () => JsonMap): Promise<JsonObject | undefined> {
  try {
    return await ask('reading', call);
  } catch (thrown) {
    if (thrown instanceof AutomationError && thrown.kind === 'gone') return undefined;
    throw thrown;
  }
}

export function worldZones({ compute, gke }: World): ZoneFacts {
  const named = (list: JsonMap, name: string) => items(list).find((item) => item['name'] === name);
  return {
    networkProfile: (_project, profile) =>
      ask(`looking up ${profile}`, () => named(compute.list('networkProfiles', {}), profile)),
    offersMachine: (_project, zone, machineType) =>
      ask(`looking up ${machineType}`, () => named(compute.list('machineTypes', { zone }), machineType) !== undefined),
    reservation: async (_project, zone, name) => {
      const found = await ask(`looking up ${name}`, () => named(compute.list('reservations', { zone }), name));
      if (found === undefined) return undefined;
      return {
        machineType: textAt(found, 'specificReservation.instanceProperties.machineType') ?? '',
        status: textAt(found, 'status') ?? '',
        vmCount: Number(at(found, 'specificReservation.count') ?? 0),
        vmsInUse: Number(at(found, 'specificReservation.inUseCount') ?? 0),
      };
    },
    versions: async (place) => ({
      channels: listAt(await ask('reading versions', () => gke.getServerConfig(location(place))), 'channels').map(
        (channel) => ({
          channel: textAt(channel, 'channel') ?? '',
          defaultVersion: textAt(channel, 'defaultVersion') ?? '',
          validVersions: listAt(channel, 'validVersions').map(String),
        }),
      ),
    }),
  };
}

export function worldWakes({ pubsub, project }: World, topic: string): WakePublisher {
  return {
    publish: async (wake) => {
      const data = Buffer.from(JSON.stringify({ wake })).toString('base64');
      pubsub.publish(`projects/${project}/topics/${topic}`, [{ data, attributes: { automation: wake.automation } }]);
    },
  };
}

export function worldTimers({ tasks }: World, queue: string, urlOf: (automation: string) => string): Timers {
  return {
    schedule: async (timer) => {
      const { automation, target, nextCheckAtMs, wakeSeq } = timer;
      const id = Buffer.from(`${automation}:${target}:${nextCheckAtMs}:${wakeSeq}`).toString('base64url');
      const body = Buffer.from(JSON.stringify({ timer })).toString('base64');
      const scheduleTime = new Date(nextCheckAtMs).toISOString();
      try {
        tasks.createTask(queue, {
          name: `${queue}/tasks/${id}`,
          scheduleTime,
          httpRequest: { url: urlOf(automation), body },
        });
      } catch (thrown) {
        if (!(thrown instanceof ApiError) || thrown.code !== 'ALREADY_EXISTS') throw thrown;
      }
    },
  };
}
