/** What else is on the nodes: read only by a look that gives pods back, since the list of all pods is its largest answer. */
import { at, listAt, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { gpusOf, NODE_POOL_LABEL, UNFINISHED_PODS } from '#shared/domain/kubernetes-facts.ts';
import type { ResolvedModelService } from '#shared/domain/model-service.ts';
import { AutomationError } from '#shared/errors.ts';
import type { ClusterConnection } from '#shared/ports/cluster-objects.ts';
import type { ScaleReplicasPorts } from './ports.ts';
import type { GpuPod, Surroundings } from './steps.ts';

/** Which pods go is a preference: where this cannot be read the size is set all the same, and said so. */
export async function readSurroundings(
  { roles }: ResolvedModelService,
  connection: ClusterConnection,
  { objects }: Pick<ScaleReplicasPorts, 'objects'>,
): Promise<Surroundings> {
  const pools = [...new Set(roles.map(({ nodePool }) => nodePool))];
  const labelSelector = `${NODE_POOL_LABEL} in (${pools.join(',')})`;
  try {
    const [pods, nodes] = await Promise.all([
      objects.list(connection, { apiVersion: 'v1', kind: 'Pod', fieldSelector: UNFINISHED_PODS }),
      objects.list(connection, { apiVersion: 'v1', kind: 'Node', labelSelector }),
    ]);
    const cordoned = nodes.filter((node) => at(node, 'spec.unschedulable') === true);
    return {
      kind: 'known',
      pods: pods.flatMap(toGpuPod),
      cordoned: new Set(cordoned.map((node) => textAt(node, 'metadata.name') ?? '')),
    };
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    return { kind: 'unknown', reason: thrown.message };
  }
}

/** Pods that keep a node: those that leave do not, and those of DaemonSets come and go with it. */
function toGpuPod(pod: JsonObject): readonly GpuPod[] {
  const node = textAt(pod, 'spec.nodeName') ?? '';
  const gpus = gpusOf(pod);
  const isLeaving = textAt(pod, 'metadata.deletionTimestamp') !== undefined;
  const isDaemon = listAt(pod, 'metadata.ownerReferences').some((owner) => textAt(owner, 'kind') === 'DaemonSet');
  if (node === '' || gpus === 0 || isLeaving || isDaemon) return [];
  return [{ namespace: textAt(pod, 'metadata.namespace') ?? '', name: textAt(pod, 'metadata.name') ?? '', node, gpus }];
}
