/** `pods/{name}/proxy`: the API server as a way to a pod (kubernetes/kubernetes pkg/registry/core/pod/rest/subresources.go). */
import type { HttpRequest } from '../wires/http.ts';
import { type KubernetesObject, mapsAt, numberAt, textAt } from './objects.ts';
import type { PodEndpoints, SentToPod } from './pod-endpoints.ts';
import { badRequest, serviceUnavailable } from './rejections.ts';
import type { AnswerReply } from './reply.ts';
import type { ResourceRequest } from './resource-request.ts';
import type { ClusterState } from './state.ts';
import { refuse } from './status.ts';
import { requireExisting } from './writes.ts';

/** Passes a call on to whoever simulates the pod's program, and its answer back as it is. */
export function proxy(state: ClusterState, request: ResourceRequest, endpoints: PodEndpoints): AnswerReply {
  const { http } = request;
  const { name, port: asked } = parseTarget(request.name);
  const pod = requireExisting(state, { ...request, name });
  const address = textAt(pod, 'status', 'podIP');
  if (address === '') refuse(badRequest, undefined, 'address not allowed');
  const [, below] = /\/proxy(\/.*)?$/.exec(http.path) ?? [];
  if (below === undefined) return { status: 301, headers: { location: `${http.path}/` }, body: '' };
  const query = http.query.toString();
  const path = query === '' ? below : `${below}?${query}`;
  const port = asked === '' ? firstPort(pod) : Number(asked);
  const isRunning = textAt(pod, 'status', 'phase') === 'Running';
  const reply = isRunning
    ? endpoints.answer({ cluster: state.cluster, pod, port, path, sent: sentOn(http) })
    : undefined;
  if (reply === undefined) return refuse(serviceUnavailable, undefined, `${address}:${port}`);
  return { status: reply.status, headers: { 'content-type': reply.contentType }, body: reply.body };
}

/** Credentials end at the API server; the pod learns that somebody stands behind it (apimachinery pkg/util/proxy). */
function sentOn({ method, headers, body }: HttpRequest): SentToPod {
  const { authorization: _credentials, ...others } = headers;
  return { method, body: body.toString('utf8'), headers: { ...others, 'x-forwarded-for': '127.0.0.1' } };
}

/** `name`, `name:port` or `scheme:name:port` (apimachinery pkg/util/net SplitSchemeNamePort). */
function parseTarget(target: string): { readonly name: string; readonly port: string } {
  const parts = target.split(':');
  if (parts.length > 3) refuse(badRequest, undefined, `invalid pod request ${JSON.stringify(target)}`);
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts;
  return { name, port };
}

/** Without a port the first one that a container declares, else 80. */
function firstPort(pod: KubernetesObject): number {
  const ports = mapsAt(pod, 'spec', 'containers').flatMap((container) => mapsAt(container, 'ports'));
  return numberAt(ports[0], 'containerPort') || 80;
}
