/** The served methods of google.container.v1.ClusterManager by name; both wires answer from these. */
import type { JsonMap } from '../world/json.ts';
import type { GkeWorld } from './gke-world.ts';
import { mapAt, numberAt, textAt } from './read.ts';

/** Request to response, both proto3 JSON. Throws `ApiError`. */
export type GkeMethod = (request: JsonMap) => JsonMap;

const methods: Readonly<Record<string, (world: GkeWorld, request: JsonMap) => JsonMap>> = {
  listClusters: (world, request) => world.listClusters(nameOf(request)),
  getCluster: (world, request) => world.getCluster(nameOf(request)),
  createCluster: (world, request) => world.createCluster(nameOf(request), mapAt(request, 'cluster')),
  deleteCluster: (world, request) => world.deleteCluster(nameOf(request)),
  listNodePools: (world, request) => world.listNodePools(nameOf(request)),
  getNodePool: (world, request) => world.getNodePool(nameOf(request)),
  createNodePool: (world, request) => world.createNodePool(nameOf(request), mapAt(request, 'nodePool')),
  deleteNodePool: (world, request) => world.deleteNodePool(nameOf(request)),
  setNodePoolSize: (world, request) => world.setNodePoolSize(nameOf(request), numberAt(request, 'nodeCount')),
  setNodePoolAutoscaling: (world, request) =>
    world.setNodePoolAutoscaling(nameOf(request), mapAt(request, 'autoscaling')),
  updateNodePool: (world, request) => world.settings.updateNodePool(nameOf(request), request),
  setNodePoolManagement: (world, request) =>
    world.settings.setNodePoolManagement(nameOf(request), mapAt(request, 'management')),
  rollbackNodePoolUpgrade: (world, request) => world.settings.rollbackNodePoolUpgrade(nameOf(request)),
  updateCluster: (world, request) => world.settings.updateCluster(nameOf(request), mapAt(request, 'update')),
  setLabels: (world, request) => world.settings.setLabels(nameOf(request), mapAt(request, 'resourceLabels')),
  setMaintenancePolicy: (world, request) =>
    world.settings.setMaintenancePolicy(nameOf(request), mapAt(request, 'maintenancePolicy')),
  cancelOperation: (world, request) => world.settings.cancelOperation(nameOf(request)),
  listOperations: (world, request) => world.listOperations(nameOf(request)),
  getOperation: (world, request) => world.getOperation(nameOf(request)),
  getServerConfig: (world, request) => world.getServerConfig(nameOf(request)),
};

/** The method of that name, undefined if it is not served. */
export function findGkeMethod(world: GkeWorld, name: string): GkeMethod | undefined {
  const method = methods[name];
  return method && ((request) => method(world, request));
}

/** lowerCamelCase names. */
export const servedGkeMethods: readonly string[] = Object.keys(methods);

/** Fields that the API had before resource names, outermost first; still in every request message. */
const oldFields = [
  ['projects', 'projectId'],
  ['locations', 'zone'],
  ['clusters', 'clusterId'],
  ['nodePools', 'nodePoolId'],
  ['operations', 'operationId'],
] as const;

function nameOf(request: JsonMap): string {
  const name = textAt(request, 'name') || textAt(request, 'parent');
  if (name !== '') return name;
  return oldFields
    .map(([collection, field]) => [collection, textAt(request, field)] as const)
    .filter(([, value]) => value !== '')
    .map(([collection, value]) => `${collection}/${value}`)
    .join('/');
}
