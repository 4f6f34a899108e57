/** The objects that are checked together, read once: what selects, refers to or is compared with what. */
import type { CheckFacts } from './check-facts.ts';
import { type Container, containersOf } from './container.ts';
import { isSilent, type ModelServer, modelServerOf } from './model-server.ts';
import { at, itemsOf, isThere, type Place } from './place.ts';
import { type KubeObject, kubeObjectOf, type PodTemplate, podTemplatesOf } from './workload.ts';

export interface CheckedSet {
  readonly objects: readonly KubeObject[];
  readonly pods: readonly CheckedPod[];
  /** vLLM, in containers that are whole: a patch says nothing of what it leaves alone. */
  readonly servers: readonly ServedPod[];
  readonly facts: CheckFacts;
}

export interface CheckedPod extends PodTemplate {
  readonly containers: readonly Container[];
  readonly servers: readonly ModelServer[];
}

/** A server with its pod. */
export interface ServedPod extends ModelServer {
  readonly pod: CheckedPod;
}

export function readSet(objects: readonly unknown[], facts: CheckFacts): CheckedSet {
  const all = objects.flatMap((value, object) => unlisted({ object, path: [], value }).map(kubeObjectOf));
  const pods = all.flatMap((object) => podTemplatesOf(object).map(checkedPod));
  const servers = pods.flatMap((pod) => pod.servers.map((server) => ({ ...server, pod })));
  return {
    objects: all,
    pods,
    servers: servers.filter(({ engine, container }) => engine === 'vllm' && !isPartial(container)),
    facts,
  };
}

/** `kind: List` holds objects of any kind (`kubectl get -o yaml`). */
function unlisted(place: Place): readonly Place[] {
  return isThere(at(place, 'items')) && at(place, 'kind').value === 'List' ? itemsOf(at(place, 'items')) : [place];
}

function checkedPod(pod: PodTemplate): CheckedPod {
  const containers = containersOf(pod);
  const servers = containers.flatMap((container) => modelServerOf(container) ?? []);
  return { ...pod, containers, servers };
}

export function ofKind({ objects }: CheckedSet, ...kinds: readonly string[]): readonly KubeObject[] {
  return objects.filter(({ kind }) => kinds.includes(kind));
}

/** Without an image, or with one that an overlay replaces, as llm-d's bases write it. */
export function isPartial({ image }: Container): boolean {
  return image === '' || image.startsWith('REPLACE_');
}

/** It serves a model, or is a worker of what does. */
export function isServing({ servers, containers }: CheckedPod): boolean {
  return servers.length > 0 || containers.some(isSilent);
}

/** An object without a namespace gets that of the client, which may be the other's. */
export function shareNamespace(left: Pick<KubeObject, 'namespace'>, right: Pick<KubeObject, 'namespace'>): boolean {
  return left.namespace === right.namespace || left.namespace === '' || right.namespace === '';
}
