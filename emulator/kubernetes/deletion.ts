/** Deleting objects: preconditions, grace, finalizers. What depends on a deleted object is the garbage collector's work. */
import type { JsonMap } from '../world/json.ts';
import {
  isMap,
  isTerminating,
  type KubernetesObject,
  listAt,
  nameOf,
  namespaceOf,
  numberAt,
  textAt,
  uidOf,
  valueAt,
} from './objects.ts';
import { requireWholeNumber } from './list-options.ts';
import type { Page } from './pages.ts';
import { badRequest, deletePrecondition } from './rejections.ts';
import { detailsOf, type ResourceRequest } from './resource-request.ts';
import { selectPage } from './reads.ts';
import { type ClusterState, rfc3339 } from './state.ts';
import { type FieldError, fieldErrors, refuse, successStatus } from './status.ts';
import { refuseInvalid } from './validation.ts';
import { requireExisting, withMetadata } from './writes.ts';

/** What is left of DeleteOptions after reading body and query. */
interface DeleteOptions {
  readonly graceSeconds: number | undefined;
  readonly propagation: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly dryRun: boolean;
}

/** What a deletion answers. */
export interface Deleted {
  /** A Status when the object is gone, the object while it still waits for something. */
  readonly body: JsonMap;
  readonly effect: boolean;
}

const policies = ['Foreground', 'Background', 'Orphan'];

/** From the query or the body; the query wins, as it does in the real server. */
function readDeleteOptions(request: ResourceRequest): DeleteOptions {
  const body = readBody(request);
  requireOptionsKind(body);
  const { query } = request.http;
  requireWholeNumber(query, 'gracePeriodSeconds');
  const grace = query.get('gracePeriodSeconds') ?? valueAt(body, 'gracePeriodSeconds');
  if (typeof valueAt(body, 'gracePeriodSeconds') === 'string') {
    const text = 'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64';
    refuse(badRequest, undefined, text);
  }
  const given = query.get('propagationPolicy') ?? textAt(body, 'propagationPolicy');
  const inQuery = query.get('orphanDependents');
  const orphans = inQuery === null ? valueAt(body, 'orphanDependents') : inQuery === 'true';
  const dryRun = [...query.getAll('dryRun'), ...listAt(body, 'dryRun')];
  requireValidOptions(given, orphans !== undefined, dryRun);
  return {
    graceSeconds: grace === undefined || grace === null ? undefined : Number(grace),
    propagation: orphans === true ? 'Orphan' : given,
    uid: textAt(body, 'preconditions', 'uid'),
    resourceVersion: textAt(body, 'preconditions', 'resourceVersion'),
    dryRun: dryRun.length > 0,
  };
}

/** Any object may be sent whose kind is not said (apiserver pkg/endpoints/handlers/delete.go). */
function requireOptionsKind(body: JsonMap): void {
  const kind = textAt(body, 'kind');
  if (kind === '' || kind === 'DeleteOptions') return;
  const version = JSON.stringify(textAt(body, 'apiVersion'));
  const text = `no kind ${JSON.stringify(kind)} is registered for version ${version} in scheme "pkg/runtime/scheme.go:111"`;
  refuse(badRequest, undefined, text);
}

/** The JSON object of a body that may be missing. */
export function readBody(request: ResourceRequest): JsonMap {
  const text = request.http.body.toString('utf8');
  if (text === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    return isMap(body) ? body : {};
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return refuse(badRequest, undefined, `couldn't get version/kind; json parse error: ${thrown.message}`);
  }
}

/** apimachinery pkg/apis/meta/v1/validation ValidateDeleteOptions. */
function requireValidOptions(policy: string, orphansGiven: boolean, dryRun: readonly unknown[]): void {
  const errors: FieldError[] = [];
  if (dryRun.some((value) => value !== 'All')) errors.push(fieldErrors.notSupported('dryRun', dryRun, ['All']));
  if (policy !== '' && orphansGiven) {
    const detail = 'orphanDependents and deletionPropagation cannot be both set';
    errors.push(fieldErrors.invalid('propagationPolicy', policy, detail));
  }
  if (policy !== '' && !policies.includes(policy)) {
    errors.push(fieldErrors.notSupported('propagationPolicy', policy, [...policies, 'nil']));
  }
  if (errors.length > 0) refuseInvalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
}

/** Deletes one object, or marks it when somebody must see its deletion first. */
export function deleteOne(state: ClusterState, request: ResourceRequest): Deleted {
  const options = readDeleteOptions(request);
  const existing = requireExisting(state, request);
  requirePreconditions(request, existing, options);
  return remove(state, request, { existing, options });
}

/** Deletes what a list of the same options shows, and returns that list. */
export function deleteCollection(state: ClusterState, request: ResourceRequest): Page {
  const options = readDeleteOptions(request);
  const page = selectPage(state, request);
  for (const existing of page.objects) {
    const single = { ...request, name: nameOf(existing), namespace: namespaceOf(existing) };
    remove(state, single, { existing, options });
  }
  return page;
}

/** Both may be given; the uid protects a successor of the same name, the version a change in between. */
function requirePreconditions(request: ResourceRequest, existing: KubernetesObject, options: DeleteOptions): void {
  const details = { name: request.name, kind: request.kind.kind };
  const checks = [
    { what: 'UID', wanted: options.uid, found: uidOf(existing) },
    {
      what: 'ResourceVersion',
      wanted: options.resourceVersion,
      found: textAt(existing, 'metadata', 'resourceVersion'),
    },
  ] as const;
  for (const check of checks) {
    if (check.wanted === '' || check.wanted === check.found) continue;
    refuse(deletePrecondition, details, request.kind.kind, request.name, check);
  }
}

interface Removal {
  readonly existing: KubernetesObject;
  readonly options: DeleteOptions;
}

/** Gone at once, or marked when finalizers, a grace period or a namespace's content are in the way. */
function remove(state: ClusterState, request: ResourceRequest, { existing, options }: Removal): Deleted {
  const { kind } = request;
  const builtIn = kind.custom === undefined ? kind.kind : '';
  const waiting: Waiting = {
    finalizers: finalizersAfter(existing, options.propagation),
    graceSeconds: builtIn === 'Pod' ? podGraceSeconds(existing, options) : 0,
    isNamespace: builtIn === 'Namespace',
  };
  const effect = !options.dryRun;
  if (waiting.finalizers.length > 0 || waiting.graceSeconds > 0 || waiting.isNamespace) {
    const marked = terminating(state, existing, waiting);
    if (marked === existing) return { body: existing, effect: false };
    return { body: effect ? state.write(kind, marked) : marked, effect };
  }
  // The pods' strategy returns the object that was deleted (registry/core/pod/strategy.go, ReturnDeletedObject).
  const last = builtIn === 'Pod' ? terminating(state, existing, waiting) : existing;
  if (effect) state.remove(kind, last);
  const done = successStatus({ ...detailsOf(kind, nameOf(existing)), uid: uidOf(existing) });
  return { body: builtIn === 'Pod' ? last : done, effect };
}

/** The policy decides which of the garbage collector's finalizers the object has; without one they stay as they are. */
function finalizersAfter(existing: KubernetesObject, propagation: string): readonly string[] {
  const present = listAt(existing, 'metadata', 'finalizers').filter((name) => typeof name === 'string');
  if (propagation === '') return present;
  const others = present.filter((name) => name !== 'foregroundDeletion' && name !== 'orphan');
  if (propagation === 'Foreground') return [...others, 'foregroundDeletion'];
  return propagation === 'Orphan' ? [...others, 'orphan'] : others;
}

/** A pod that runs nowhere goes at once; one on a node gets its grace period, and a second deletion can only shorten it. */
function podGraceSeconds(pod: KubernetesObject, options: DeleteOptions): number {
  const phase = textAt(pod, 'status', 'phase');
  if (textAt(pod, 'spec', 'nodeName') === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
  const specified = valueAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30;
  return options.graceSeconds ?? Number(specified);
}

interface Waiting {
  readonly finalizers: readonly string[];
  readonly graceSeconds: number;
  readonly isNamespace: boolean;
}

/** The object with its deletion announced; the same object if that has been done already. */
function terminating(state: ClusterState, existing: KubernetesObject, waiting: Waiting): KubernetesObject {
  const before = listAt(existing, 'metadata', 'finalizers');
  const isKnown =
    before.length === waiting.finalizers.length && waiting.finalizers.every((name) => before.includes(name));
  const isShorter = waiting.graceSeconds < numberAt(existing, 'metadata', 'deletionGracePeriodSeconds');
  if (isTerminating(existing) && isKnown && !isShorter) return existing;
  const generation = valueAt(existing, 'metadata', 'generation');
  const endsAt = rfc3339(state.base.clock.nowMs() + waiting.graceSeconds * 1000);
  const object = withMetadata(existing, {
    deletionTimestamp: endsAt,
    ...(!waiting.isNamespace && { deletionGracePeriodSeconds: waiting.graceSeconds }),
    ...(waiting.finalizers.length > 0 && { finalizers: [...waiting.finalizers] }),
    // Announced once; a shorter grace period is no new generation.
    ...(typeof generation === 'number' && !isTerminating(existing) && { generation: generation + 1 }),
  });
  return waiting.isNamespace ? { ...object, status: { phase: 'Terminating' } } : object;
}
