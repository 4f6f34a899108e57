/** A world read back over its REST wires, in a form in which two of them can be compared. */
import type { Json, JsonObject } from '#shared/domain/json.ts';
import { isJsonObject } from '#shared/domain/json.ts';

/** By what it is called in failures, e.g. `subnetwork llmd-sub-0`. */
export type Resources = ReadonlyMap<string, JsonObject>;

/** Collections of Compute Engine by the noun of one of their resources. */
const collections: Readonly<Record<string, string>> = {
  network: 'global/networks',
  subnetwork: 'regions/us-central1/subnetworks',
  firewall: 'global/firewalls',
  router: 'regions/us-central1/routers',
  reservation: 'zones/us-central1-b/reservations',
  'instance group': 'zones/us-central1-b/instanceGroupManagers',
};

/**
 * Names that the recorded commands chose and the names that one message chooses. Everything else is called the same, because the
 * document’s cluster is called `llmd`. The longest first: one is the beginning of another.
 */
const names: readonly (readonly [real: string, ours: string])[] = [
  ['llmd-internal-0', 'llmd-net-0-internal'],
  ['llmd-internal-1', 'llmd-net-1-internal'],
  ['llmd-cluster', 'llmd'],
  ['default-pool', 'system'],
];

/** All resources of the world, the cluster with its node pools. `rename`: this is the world of the recorded commands. */
export async function readWorld(endpoint: string, { rename }: { readonly rename: boolean }): Promise<Resources> {
  const found = new Map<string, JsonObject>();
  const add = (noun: string, item: JsonObject) => {
    const own = String(item['name']);
    const paired = rename ? renamed(item, own) : item;
    const plain = comparable(paired);
    if (isJsonObject(plain)) found.set(`${noun} ${rename ? ourName(own) : own}`, plain);
  };
  for (const [noun, path] of Object.entries(collections)) {
    const { items } = await read(`${endpoint}/compute/v1/projects/demo/${path}`);
    for (const item of objects(items)) add(noun, noun === 'instance group' ? withoutHash(item) : item);
  }
  const { clusters } = await read(`${endpoint}/v1/projects/demo/locations/-/clusters`);
  for (const cluster of objects(clusters)) add('cluster', cluster);
  return found;
}

/** In our names, but for its own. */
export function renamed(resource: JsonObject, ownName: string): JsonObject {
  // Made of the text of an object; only names in it are others.
  return { ...(JSON.parse(ourName(JSON.stringify(resource))) as JsonObject), name: ownName };
}

function ourName(text: string): string {
  return names.reduce((before, [real, ours]) => before.replaceAll(real, ours), text);
}

async function read(url: string): Promise<JsonObject> {
  // Lists of these services are one JSON object.
  return (await (await fetch(url)).json()) as JsonObject;
}

function objects(items: Json | undefined): readonly JsonObject[] {
  return Array.isArray(items) ? items.filter(isJsonObject) : [];
}

/** What every creation gets anew, and the port at which this cloud happens to answer. */
const identities: ReadonlySet<string> = new Set([
  'id',
  'selfLinkWithId',
  'creationTimestamp',
  'fingerprint',
  'etag',
  'createTime',
  'clusterCaCertificate',
  'endpoint',
  'publicEndpoint',
]);

function comparable(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => comparable(item) ?? null);
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => (identities.has(key) ? [] : [[key, comparable(item)]])),
    );
  return typeof value === 'string' ? withoutHash(value) : value;
}

/** The eight digits in the name of an instance group are drawn. */
function withoutHash<Value extends Json>(value: Value): Value {
  // Made of the same value, so of the same type.
  return JSON.parse(JSON.stringify(value).replace(/-[0-9a-f]{8}(-grp)?(?=["-])/g, '-00000000$1')) as Value;
}
