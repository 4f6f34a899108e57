import type { HttpRequest } from '../wires/http.ts';
import type { WorldBase } from '../world/base.ts';
import type { WorldClock } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { ApiError } from '../world/rejection.ts';
import { bind } from './binding.ts';
import { readObject } from './bodies.ts';
import type { ApiDoor } from './client-types.ts';
import { draftCreation } from './creation.ts';
import { serveCustomKinds } from './custom-kinds.ts';
import { deleteCollection, deleteOne } from './deletion.ts';
import { answerDocument } from './documents.ts';
import { evict } from './eviction.ts';
import { encodeOwners } from './managed-fields.ts';
import { create, patch, update } from './mutations.ts';
import { ApiMisfortunes } from './misfortunes.ts';
import { PodEndpoints } from './pod-endpoints.ts';
import { readLog } from './pod-log.ts';
import { proxy } from './pod-proxy.ts';
import { refuseStream } from './pod-streams.ts';
import { get, list, presentationOf } from './reads.ts';
import { methodNotAllowed, pageNotFound } from './rejections.ts';
import { acceptedForm, presentList, presentOne } from './representation.ts';
import {
  parseResourcePath,
  requireKind,
  isPodSubresource,
  requireMethod,
  requireScope,
  requireServedSubresource,
  type ResourceRequest,
  verbOf,
} from './resource-request.ts';
import { reviewOf } from './reviews.ts';
import { getScale, patchScale, updateScale } from './scale.ts';
import { ClusterState } from './state.ts';
import { refuse, StatusError, toStatus } from './status.ts';
import { authorizePath, authorizeResource, identify, type User } from './users.ts';
import {
  type AnswerReply,
  jsonHeaders,
  type KubernetesReply,
  textHeaders,
  type WatchReply,
  type ReplyHeaders,
} from './reply.ts';
import { serverVersion } from './server-version.ts';
import { type StartWatch, watch } from './watch.ts';
import { readWriteOptions } from './write-options.ts';
import { withMetadata, type Written } from './writes.ts';

/**
 * The API server of one cluster: synchronous, without sockets. Objects answered are the stored ones, frozen.
 */
export class KubernetesApi implements ApiDoor {
  readonly state: ClusterState;
  /** What the cluster's pods answer through the proxy. */
  readonly podEndpoints: PodEndpoints;
  /** Levers. */
  readonly misfortunes = new ApiMisfortunes();
  readonly #version: string;

  /** @param version as `gitVersion` says it without its v: a cluster's GKE version, e.g. `1.33.4-gke.1134000` */
  constructor(base: WorldBase, cluster: string, version: string = serverVersion, podEndpoints = new PodEndpoints()) {
    this.state = new ClusterState(base, cluster);
    this.podEndpoints = podEndpoints;
    this.#version = version;
    serveCustomKinds(this.state);
  }

  get clock(): WorldClock {
    return this.state.base.clock;
  }

  handle(request: HttpRequest): KubernetesReply {
    try {
      const user = identify(request);
      if (user.isController) return this.#answer(request, user);
      return this.misfortunes.apply(request, () => this.#answer(request, user));
    } catch (thrown) {
      if (!(thrown instanceof ApiError)) throw thrown;
      return toReply(thrown);
    }
  }

  #answer(request: HttpRequest, user: User): KubernetesReply {
    const path = parseResourcePath(request.path);
    if (path === undefined) {
      authorizePath(user, request.path);
      return answerDocument(this.state.kinds, this.#version, request);
    }
    const verb = verbOf(request, path.name);
    authorizeResource(user, { ...path, verb });
    acceptedForm(request);
    const kind = requireKind(this.state.kinds, path);
    requireServedSubresource(kind, path);
    requireMethod(kind, path, verb);
    requireScope(kind, path, verb);
    const namespace = kind.namespaced ? path.namespace : '';
    const { name, subresource } = path;
    return this.#answerResource({ kind, verb, namespace, name, subresource, user, http: request });
  }

  #answerResource(request: ResourceRequest): KubernetesReply {
    const { state } = this;
    if (request.kind.review === true) return this.#review(request);
    if (isPodSubresource(request.kind, request.subresource)) return this.#answerPodSubresource(request);
    if (request.subresource === 'scale') return this.#answerScale(request);
    switch (request.verb) {
      case 'get':
        return { status: 200, headers: jsonHeaders, body: get(state, request) };
      case 'list':
        return { status: 200, headers: jsonHeaders, body: list(state, request) };
      case 'watch':
        return watchReply(request, watch(state, request));
      case 'create':
        return this.#written(request, create(state, request));
      case 'update':
        return this.#written(request, update(state, request));
      case 'patch':
        return this.#written(request, patch(state, request));
      case 'delete':
        return this.#deleted(request);
      case 'deletecollection':
        return this.#collectionDeleted(request);
      default:
        return refuse(methodNotAllowed, {});
    }
  }

  #answerPodSubresource(request: ResourceRequest): AnswerReply {
    const { state } = this;
    switch (request.subresource) {
      case 'proxy':
        return proxy(state, request, this.podEndpoints);
      case 'log':
        return readLog(state, request);
      case 'eviction':
      case 'binding': {
        const { reply, effect } = request.subresource === 'eviction' ? evict(state, request) : bind(state, request);
        this.#record(request, effect);
        return reply;
      }
      default:
        return refuseStream(state, request);
    }
  }

  #answerScale(request: ResourceRequest): AnswerReply {
    const { state } = this;
    if (request.verb === 'get') return { status: 200, headers: jsonHeaders, body: getScale(state, request) };
    const written = request.verb === 'update' ? updateScale(state, request) : patchScale(state, request);
    return this.#answerWritten(request, written, written.object);
  }

  #deleted(request: ResourceRequest): AnswerReply {
    const { body, effect } = deleteOne(this.state, request);
    this.#record(request, effect);
    return { status: 200, headers: jsonHeaders, body };
  }

  #collectionDeleted(request: ResourceRequest): AnswerReply {
    const { objects, list: metadata } = deleteCollection(this.state, request);
    this.#record(request, objects.length > 0);
    const body = presentList(objects, metadata, presentationOf(this.state, request));
    return { status: 200, headers: jsonHeaders, body };
  }

  #written(request: ResourceRequest, written: Written): AnswerReply {
    return this.#answerWritten(request, written, presentOne(written.object, presentationOf(this.state, request)));
  }

  #answerWritten(request: ResourceRequest, written: Written, body: JsonMap): AnswerReply {
    this.#record(request, written.effect);
    return { status: written.status, headers: withWarnings(written.warnings), body };
  }

  /** Calls of the cluster's own controllers are the world's doing and are not recorded. */
  #record(request: ResourceRequest, effect: boolean): void {
    if (request.user.isController) return;
    const resource = `/clusters/${this.state.cluster}${request.http.path}`;
    const isApply = request.http.headers['content-type']?.startsWith('application/apply-patch') === true;
    this.state.base.journal.record({
      service: 'kubernetes',
      method: isApply ? 'apply' : request.verb,
      resource,
      effect,
    });
  }

  /** Access reviews: answered from who asks, kept nowhere. */
  #review(request: ResourceRequest): AnswerReply {
    const { kind, user } = request;
    const options = readWriteOptions(request.http, 'CreateOptions');
    const draft = draftCreation(this.state, request, { object: readObject(request.http, kind), options });
    const status = reviewOf(kind.kind, user);
    const object = withMetadata(draft.object, { managedFields: encodeOwners(draft.owners) });
    const body = { ...object, status };
    return { status: 201, headers: jsonHeaders, body };
  }
}

/** `timeoutSeconds` is a deadline of the caller and so real time (D8): the wire keeps it, not the world. */
function watchReply(request: ResourceRequest, start: StartWatch): WatchReply {
  const timeoutSeconds = Number(request.http.query.get('timeoutSeconds') ?? 0);
  return { status: 200, headers: jsonHeaders, watch: start, ...(timeoutSeconds > 0 && { timeoutSeconds }) };
}

function withWarnings(warnings: readonly string[]): ReplyHeaders {
  if (warnings.length === 0) return jsonHeaders;
  return { ...jsonHeaders, warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`) };
}

/** Errors are Status objects but for unknown paths, which the real server answers as text. */
function toReply(error: ApiError): AnswerReply {
  const retryAfter = error instanceof StatusError ? error.details?.retryAfterSeconds : undefined;
  if (error.id === pageNotFound.id) return { status: error.httpStatus, headers: textHeaders, body: error.message };
  const headers = {
    ...withWarnings(error instanceof StatusError ? error.warnings : []),
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  };
  return { status: error.httpStatus, headers, body: toStatus(error) };
}
