/** What can be seen of the story at one moment, from the world's side. */
import { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { mapsAt, nameOf, numberAt, stringsAt, valueAt } from '../../kubernetes/objects.ts';
import type { ServedModel } from '../../traffic/served-model.ts';
import type { ServiceSummary } from '../../traffic/summary.ts';
import type { World } from '../../world/world.ts';
import type { ServiceStory, StoryRole } from './document.ts';

export interface NodeCounts {
  readonly ready: number;
  /** Ordered and not ready. */
  readonly coming: number;
  /** Emptied or being deleted. */
  readonly leaving: number;
}

export interface Look {
  readonly atMs: number;
  readonly model: ServiceSummary;
  /** Replicas that the workloads were told to have. */
  readonly wanted: Readonly<Record<StoryRole, number>>;
  readonly nodes: NodeCounts;
}

export interface Scene {
  readonly world: World;
  readonly api: KubernetesApi;
  readonly served: ServedModel;
  readonly story: ServiceStory;
}

/** Makes the look of a scene; one client, so that what it discovered is kept. */
export function makeLook({ world, api, served, story }: Scene): () => Look {
  const client = new KubernetesClient(api, 'onlooker');
  const { namespace, name } = story;
  const wantedOf = (role: StoryRole): number => {
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: `${name}-${role}` };
    return numberAt(client.get(ref), 'spec', 'replicas');
  };
  return () => ({
    atMs: world.clock.nowMs(),
    model: served.summary(),
    wanted: { prefill: wantedOf('prefill'), decode: wantedOf('decode') },
    nodes: countNodes(world, client, story),
  });
}

const POOL_LABEL = 'cloud.google.com/gke-nodepool';

function countNodes({ gke }: World, client: KubernetesClient, { cluster, nodePool }: ServiceStory): NodeCounts {
  const groups = gke.instanceGroups.all().filter(({ baseName }) => baseName.startsWith(`gke-${cluster}-${nodePool}-`));
  const deleting = new Set(
    groups.flatMap(({ machines }) => machines.flatMap(({ name, action }) => (action === 'DELETING' ? [name] : []))),
  );
  const nodes = client
    .list({ apiVersion: 'v1', kind: 'Node' })
    .filter((node) => stringsAt(node, 'metadata', 'labels')[POOL_LABEL] === nodePool);
  const isLeaving = (node: (typeof nodes)[number]): boolean =>
    valueAt(node, 'spec', 'unschedulable') === true || deleting.has(nameOf(node));
  const staying = nodes.filter((node) => !isLeaving(node));
  const ready = staying.filter((node) =>
    mapsAt(node, 'status', 'conditions').some(({ type, status }) => type === 'Ready' && status === 'True'),
  ).length;
  const leaving = nodes.length - staying.length;
  const machines = groups.reduce((sum, group) => sum + group.targetSize, 0);
  // A cordoned node still counts towards its group's size; one that is being deleted does not.
  const cordoned = nodes.filter((node) => isLeaving(node) && !deleting.has(nameOf(node))).length;
  return { ready, coming: Math.max(0, machines - cordoned - ready), leaving };
}
