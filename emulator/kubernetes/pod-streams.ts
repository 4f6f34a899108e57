/** `exec`, `attach` and `portforward` of a pod: no program runs behind a container of the local cloud, so they end with what is wrong. */
import { textAt } from './objects.ts';
import { requireContainer, requireNode } from './pod-containers.ts';
import { badRequest, notServed } from './rejections.ts';
import type { ResourceRequest } from './resource-request.ts';
import type { ClusterState } from './state.ts';
import { refuse } from './status.ts';
import { requireExisting } from './writes.ts';

/** The real server's refusals first; a pod that it would let through is beyond this world. */
export function refuseStream(state: ClusterState, request: ResourceRequest): never {
  const pod = requireExisting(state, request);
  if (request.subresource !== 'portforward') requireContainer(pod, request.http.query.get('container') ?? '');
  const node = textAt(pod, 'spec', 'nodeName');
  if (node === '') refuse(badRequest, undefined, `pod ${request.name} does not have a host assigned`);
  requireNode(state, node);
  return refuse(notServed, {}, `pods/${request.subresource}: no program runs behind its containers`);
}
