/** What stands in a world, and which calls made it so. */
import type { World } from '../../emulator/world/world.ts';

/** Everything that stands in the world: kind and name, sorted. */
export function standing(world: World): readonly string[] {
  const place = { region: 'us-central1' };
  const names = (list: { readonly items?: unknown }, kind: string) =>
    (Array.isArray(list.items) ? list.items : []).map((item: { name?: unknown }) => `${kind} ${String(item.name)}`);
  const parent = `projects/${world.project}/locations/us-central1`;
  const clusters = world.gke.listClusters(parent)['clusters'];
  return [
    ...names(world.compute.list('networks', {}), 'network'),
    ...names(world.compute.list('firewalls', {}), 'firewall'),
    ...names(world.compute.list('subnetworks', place), 'subnetwork'),
    ...names(world.compute.list('routers', place), 'router'),
    ...(Array.isArray(clusters) ? clusters : []).flatMap((cluster) => describeCluster(cluster)),
    ...objectsOf(world.journal.entries),
  ].sort();
}

function describeCluster(cluster: unknown): readonly string[] {
  const { name, status, nodePools } = cluster as {
    name: string;
    status: string;
    nodePools: readonly { name: string; status: string }[];
  };
  return [`cluster ${name} ${status}`, ...nodePools.map((pool) => `pool ${pool.name} ${pool.status}`)];
}

/** Objects that were applied inside the cluster. */
function objectsOf(entries: World['journal']['entries']): readonly string[] {
  const applied = entries.filter(({ service, method }) => service === 'kubernetes' && method === 'apply');
  return [...new Set(applied.map(({ resource }) => `object ${resource}`))];
}

/** Creations that took effect twice: repeated request ids and no-op applies have none. */
export function twice(world: World): readonly string[] {
  const created = world.journal.entries
    .filter(({ effect, method }) => effect && /^(insert|createCluster|createNodePool|apply)$/.test(method))
    .map(({ service, method, resource }) => `${service}.${method} ${resource}`);
  return [...new Set(created.filter((line, index) => created.indexOf(line) !== index))];
}

/** Every call of the functions that changed a cloud or a cluster, sorted; controllers write in their own ways and times. */
export function changes(world: World): readonly string[] {
  return world.journal.entries
    .filter(({ service, method, effect }) => effect && (isCloud(service) || method === 'apply'))
    .map(({ service, method, resource }) => `${service}.${method} ${resource}`)
    .sort();
}

const isCloud = (service: string) => service === 'compute' || service === 'container';
