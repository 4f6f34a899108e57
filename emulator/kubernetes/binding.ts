/** `pods/{name}/binding`: how a scheduler puts a pod on a node (kubernetes/kubernetes pkg/registry/core/pod/storage). */
import type { JsonMap } from '../world/json.ts';
import { readBody } from './deletion.ts';
import { mapAt, mapsAt, textAt } from './objects.ts';
import { alreadyBound, badRequest } from './rejections.ts';
import { createdReply, type EffectiveReply } from './reply.ts';
import type { ResourceRequest } from './resource-request.ts';
import { type ClusterState, collectionOf } from './state.ts';
import { refuse } from './status.ts';
import { requireExisting } from './writes.ts';

/** Sets the node once; a pod never moves. */
export function bind(state: ClusterState, request: ResourceRequest): EffectiveReply {
  const pod = requireExisting(state, request);
  const body = readBody(request);
  if (textAt(body, 'metadata', 'name') !== request.name) {
    refuse(badRequest, undefined, 'name in URL does not match name in Binding object');
  }
  const node = textAt(body, 'target', 'name');
  const bound = textAt(pod, 'spec', 'nodeName');
  if (bound !== '') {
    refuse(alreadyBound, { name: request.name, kind: 'pods/binding' }, request.name, bound);
  }
  const scheduled = { status: 'True', lastProbeTime: null, lastTransitionTime: state.now() };
  state.store.write(collectionOf(request.kind), {
    ...pod,
    spec: { ...mapAt(pod, 'spec'), nodeName: node },
    status: withCondition(mapAt(pod, 'status'), { type: 'PodScheduled', ...scheduled }),
  });
  return { reply: createdReply, effect: true };
}

/** The status with one condition set, in place of the one of its type. */
export function withCondition(status: JsonMap, condition: JsonMap): JsonMap {
  const others = mapsAt(status, 'conditions').filter((known) => known['type'] !== condition['type']);
  return { ...status, conditions: [...others, condition] };
}
