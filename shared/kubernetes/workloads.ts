/** Sizes of workloads, marks of pods, cordons and evictions, and what pods answer through the API server's proxy. */
import type { JsonObject } from '../domain/json.ts';
import { AutomationError } from '../errors.ts';
import type { ObjectRef } from '../ports/cluster-objects.ts';
import type { PodRef, PodTexts, ScaleRequest, Workloads } from '../ports/workloads.ts';
import { product } from '../product.ts';
import type { ApiServer } from './api-server.ts';
import { attempt, nameOf, objectPath, resourceOf } from './calls.ts';
import type { ServerOf } from './servers.ts';

const query = { fieldManager: product.name };

/**
 * A model server that computes answers `/metrics` within milliseconds; one that does not within this time (ms) is as good as
 * silent, and the look must not wait for it.
 */
const POD_TIMEOUT_MS = 3_000;

/**
 * Bytes of what a pod says. A vLLM engine's `/metrics` has some 100 kB and an endpoint picker's some kB for each pod of its pool; a dozen
 * pods are asked side by side, and what runs in them is not ours.
 */
const MAX_POD_BYTES = 4 * 1024 * 1024;

export function makeWorkloads(serverOf: ServerOf): Workloads {
  return {
    scale: (connection, ref, request, { timeoutMs }) =>
      attempt(`scaling ${nameOf(ref)} to ${request.replicas}`, () =>
        scale(serverOf(connection), ref, request, AbortSignal.timeout(timeoutMs)),
      ),
    setUnschedulable: (connection, { name, unschedulable, annotations }, { timeoutMs }) =>
      attempt(`${unschedulable ? 'cordoning' : 'uncordoning'} node ${name}`, async () => {
        await serverOf(connection).call({
          method: 'PATCH',
          path: `/api/v1/nodes/${encodeURIComponent(name)}`,
          query,
          body: { spec: { unschedulable }, ...(annotations !== undefined && { metadata: { annotations } }) },
          patch: 'merge',
          signal: AbortSignal.timeout(timeoutMs),
        });
      }),
    annotatePod: (connection, { namespace, name, annotations }, { timeoutMs }) =>
      attempt(`annotating pod ${namespace}/${name}`, async () => {
        await serverOf(connection).call({
          method: 'PATCH',
          path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`,
          query,
          body: { metadata: { annotations } },
          patch: 'merge',
          signal: AbortSignal.timeout(timeoutMs),
        });
      }),
    evict: (connection, pod, { timeoutMs }) => evict(serverOf(connection), pod, AbortSignal.timeout(timeoutMs)),
  };
}

export function makePodTexts(serverOf: ServerOf): PodTexts {
  return {
    read: (connection, { namespace, pod, port, path }) =>
      attempt(`asking pod ${namespace}/${pod} for ${path}`, () =>
        serverOf(connection).text({
          method: 'GET',
          path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}:${port}/proxy${path}`,
          signal: AbortSignal.timeout(POD_TIMEOUT_MS),
          maxBytes: MAX_POD_BYTES,
        }),
      ),
  };
}

/** A whole Scale with the resourceVersion of what was looked at: the server refuses it if the object has changed since. */
async function scale(server: ApiServer, ref: ObjectRef, request: ScaleRequest, signal: AbortSignal): Promise<void> {
  const resource = await resourceOf(server, ref, { doing: 'scaling', signal });
  const { replicas, resourceVersion } = request;
  const body: JsonObject = {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: ref.name, resourceVersion, ...(ref.namespace !== undefined && { namespace: ref.namespace }) },
    spec: { replicas },
  };
  await server.call({ method: 'PUT', path: `${objectPath(ref, resource)}/scale`, query, body, signal });
}

async function evict(server: ApiServer, pod: PodRef, signal: AbortSignal): Promise<void> {
  const { namespace, name, uid } = pod;
  const body: JsonObject = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    deleteOptions: { preconditions: { uid } },
  };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/eviction`;
  try {
    await attempt(`evicting pod ${namespace}/${name}`, () => server.call({ method: 'POST', path, body, signal }));
  } catch (thrown) {
    if (thrown instanceof AutomationError && hasLeft(thrown)) return;
    throw thrown;
  }
}

/** It is gone, or another pod has its name by now: a precondition on the uid is answered as a conflict. */
function hasLeft({ kind, facts }: AutomationError): boolean {
  return kind === 'gone' || facts.code === 'Conflict';
}
