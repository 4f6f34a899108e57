/** The served methods of google.container.v1.ClusterManager by name; both wires answer from these. */
import type { JsonMap } from '../world/json.ts';
import type { GkeWorld } from './gke-world.ts';
import { mapAt, numberAt, textAt } from './read.ts';

/** Request to response, both proto3 JSON. Throws `ApiError`. */
export type GkeMethod = (request: JsonMap) => JsonMap;

export function gkeMethods(world: GkeWorld): ReadonlyMap<string, GkeMethod> {
  return new Map<string, GkeMethod>([
    ['listClusters', (request) => world.listClusters(nameOf(request))],
    ['getCluster', (request) => world.getCluster(nameOf(request))],
    ['createCluster', (request) => world.createCluster(nameOf(request), mapAt(request, 'cluster'))],
    ['deleteCluster', (request) => world.deleteCluster(nameOf(request))],
    ['listNodePools', (request) => world.listNodePools(nameOf(request))],
    ['getNodePool', (request) => world.getNodePool(nameOf(request))],
    ['createNodePool', (request) => world.createNodePool(nameOf(request), mapAt(request, 'nodePool'))],
    ['deleteNodePool', (request) => world.deleteNodePool(nameOf(request))],
    ['setNodePoolSize', (request) => world.setNodePoolSize(nameOf(request), numberAt(request, 'nodeCount'))],
    ['updateNodePool', (request) => world.updateNodePool(nameOf(request), request)],
    ['listOperations', (request) => world.listOperations(nameOf(request))],
    ['getOperation', (request) => world.getOperation(nameOf(request))],
    ['getServerConfig', (request) => world.getServerConfig(nameOf(request))],
  ]);
}

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
