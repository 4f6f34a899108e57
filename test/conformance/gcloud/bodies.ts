/** The bodies of creations: what gcloud sent when it was recorded, and what our functions send, in one form. */
import { containerProtos } from '../../../emulator/wires/gke-protos.ts';
import { canonicalJson } from '../../../emulator/wires/proto-json.ts';
import type { HttpRequest } from '../../../emulator/wires/http.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { isJsonObject } from '#shared/domain/json.ts';
import type { CloudUnderTest } from '../../support/local-cloud.ts';
import { recordedRequests } from './recording.ts';
import { renamed } from './worlds.ts';

/** By what it creates, e.g. `subnetwork llmd-sub-0`. */
export type Bodies = Map<string, JsonObject>;

const nouns: Readonly<Record<string, string>> = {
  networks: 'network',
  subnetworks: 'subnetwork',
  firewalls: 'firewall',
  routers: 'router',
};

/** Creations of Compute Engine, as both send them over HTTP. */
export function readInsert(request: Pick<HttpRequest, 'method' | 'path'>, body: JsonObject | undefined): Bodies {
  const [, collection = ''] =
    /\/compute\/v1\/projects\/[^/]+\/(?:global|regions\/[^/]+)\/(\w+)$/.exec(request.path) ?? [];
  const noun = nouns[collection];
  if (request.method !== 'POST' || noun === undefined || body === undefined) return new Map();
  return new Map([[`${noun} ${String(body['name'])}`, body]]);
}

export function recordedBodies(): Bodies {
  const bodies: Bodies = new Map();
  for (const { request } of recordedRequests('A')) {
    const { body } = request;
    if (request.method !== 'POST' || body === undefined) continue;
    for (const [, insert] of readInsert(request, body)) keep(bodies, request.path, insert);
    if (isJsonObject(body['cluster'])) keep(bodies, 'cluster', body['cluster']);
    if (isJsonObject(body['nodePool'])) keep(bodies, 'node pool', body['nodePool']);
  }
  return bodies;
}

function keep(bodies: Bodies, path: string, sent: JsonObject): void {
  const body = renamed(canonical(path, sent), String(sent['name']));
  // Named as ours is: the pair is found by it.
  const ours = (JSON.parse(JSON.stringify(renamed({ of: String(sent['name']) }, ''))) as { of: string }).of;
  const noun = nouns[path.slice(path.lastIndexOf('/') + 1)] ?? path;
  bodies.set(`${noun} ${ours}`, body);
}

/** What our functions send from now on: Compute Engine's over HTTP, GKE's as the wire hands them to the world. */
export function watchBodies(cloud: CloudUnderTest): Bodies {
  const bodies: Bodies = new Map();
  const { gke } = cloud.world;
  const createCluster = gke.createCluster.bind(gke);
  const createNodePool = gke.createNodePool.bind(gke);
  gke.createCluster = (parent, body) => {
    bodies.set(`cluster ${String(body['name'])}`, canonical('cluster', body));
    return createCluster(parent, body);
  };
  gke.createNodePool = (parent, body) => {
    bodies.set(`node pool ${String(body['name'])}`, canonical('node pool', body));
    return createNodePool(parent, body);
  };
  return bodies;
}

/** A protobuf message has no difference between a default that is sent and one that is not: both become the latter. */
function canonical(path: string, body: JsonMap | JsonObject): JsonObject {
  const type = { cluster: 'Cluster', 'node pool': 'NodePool' }[path];
  if (type === undefined) return body;
  return canonicalJson(containerProtos().lookupType(`google.container.v1.${type}`), body as JsonMap);
}
