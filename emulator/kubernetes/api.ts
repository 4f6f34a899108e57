import type { HttpRequest } from '../wires/http.ts';
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import { ApiError } from '../world/rejection.ts';
import { readObject } from './bodies.ts';
import { serveCustomKinds } from './custom-kinds.ts';
import { deleteCollection, deleteOne } from './deletion.ts';
import { discoveryGroup, discoveryRoot, discoveryVersion, openApiDocument, openApiIndex } from './discovery.ts';
import { apiVersionOf } from './kinds.ts';
import { encodeManagers } from './managed-fields.ts';
import { create, patch, update } from './mutations.ts';
import { get, list, presentationOf } from './reads.ts';
import { methodNotAllowed, notServed, pageNotFound } from './rejections.ts';
import { acceptedForm, presentOne } from './representation.ts';
import { parseResourcePath, requireKind, requireMethod, type ResourcePath, type ResourceRequest, verbOf } from './resource-request.ts';
import { ClusterState } from './state.ts';
import { refuse, StatusError, toStatus } from './status.ts';
import { authorizePath, authorizeResource, identify, type User } from './users.ts';
import { type StartWatch, watch } from './watch.ts';
import { readWriteOptions } from './write-options.ts';
import { draftCreation, withMetadata, type Written } from './writes.ts';

export type ReplyHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface AnswerReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  /** JSON, or text as it is. */
  readonly body: JsonMap | string;
}

/** A stream of events. It goes on until its caller cancels it or it says that it ends. */
export interface WatchReply {
  readonly status: 200;
  readonly headers: ReplyHeaders;
  readonly watch: StartWatch;
  /** After which real time the client wants the stream to end: a deadline of its call, so the wire keeps it. */
  readonly timeoutSeconds?: number;
}

export type KubernetesReply = AnswerReply | WatchReply;

const json = { 'content-type': 'application/json' };
const text = { 'content-type': 'text/plain; charset=utf-8' };

/** Version of the recorded server; `gitVersion` of a cluster carries its GKE version. */
const defaultVersion = '1.35.4';

/**
 * The API server of one cluster: synchronous, without sockets. Objects answered are the stored ones, frozen.
 */
export class KubernetesApi {
  readonly state: ClusterState;
  readonly #version: string;

  /** @param version GKE version, e.g. `1.33.4-gke.1134000` */
  constructor(base: WorldBase, cluster: string, version = defaultVersion) {
    this.state = new ClusterState(base, cluster);
    this.#version = version;
    serveCustomKinds(this.state);
  }

  handle(request: HttpRequest): KubernetesReply {
    try {
      return this.#answer(request, identify(request));
    } catch (thrown) {
      if (!(thrown instanceof ApiError)) throw thrown;
      return toReply(thrown);
    }
  }

  #answer(request: HttpRequest, user: User): KubernetesReply {
    const path = parseResourcePath(request.path);
    if (path === undefined) {
      authorizePath(user, request.path);
      return this.#answerPath(request);
    }
    const verb = verbOf(request, path.name);
    authorizeResource(user, { ...path, verb });
    acceptedForm(request);
    const kind = requireKind(this.state.kinds, path);
    requireServedSubresource(path, kind.hasStatus);
    requireMethod(kind, path, verb);
    const namespace = kind.namespaced ? path.namespace : '';
    const { name, subresource } = path;
    return this.#answerResource({ kind, verb, namespace, name, subresource, user, http: request });
  }

  #answerPath(request: HttpRequest): AnswerReply {
    const { kinds } = this.state;
    const steps = request.path.split('/').filter((step) => step !== '');
    const [root = '', second = '', third = ''] = steps;
    const body = this.#documentAt(request, steps);
    if (body === undefined) return refuse(pageNotFound, undefined);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(methodNotAllowed, {});
    if (typeof body === 'string') return { status: 200, headers: text, body };
    if ((root === 'api' || root === 'apis') && second === '' && third === '') {
      const reply = discoveryRoot(kinds, root === 'api', request);
      return { status: 200, headers: { 'content-type': reply.contentType }, body: reply.body };
    }
    return { status: 200, headers: json, body };
  }

  #documentAt(request: HttpRequest, steps: readonly string[]): JsonMap | string | undefined {
    const { kinds } = this.state;
    const [root = '', second = '', third = ''] = steps;
    switch (root) {
      case 'version':
        return this.#versionFacts();
      case 'healthz':
      case 'livez':
      case 'readyz':
        return 'ok';
      case 'openapi':
        if (second !== 'v3') return undefined;
        // The index is sent as text by the real server.
        if (third === '') return JSON.stringify(openApiIndex(kinds));
        return openApiDocument(kinds, steps.slice(2).join('/'));
      case 'api':
        return second === '' ? discoveryRoot(kinds, true, request).body : discoveryVersion(kinds, '', second);
      case 'apis':
        if (second === '') return discoveryRoot(kinds, false, request).body;
        return third === '' ? discoveryGroup(kinds, second) : discoveryVersion(kinds, second, third);
      default:
        return undefined;
    }
  }

  #versionFacts(): JsonMap {
    const [major = '', minor = ''] = this.#version.split('.');
    const facts = { major, minor, emulationMajor: major, emulationMinor: minor };
    return {
      ...facts,
      minCompatibilityMajor: major,
      minCompatibilityMinor: String(Number(minor) - 1),
      gitVersion: `v${this.#version}`,
      gitCommit: '',
      gitTreeState: 'clean',
      buildDate: '2026-01-01T00:00:00Z',
      goVersion: 'go1.25',
      compiler: 'gc',
      platform: 'linux/amd64',
    };
  }

  #answerResource(request: ResourceRequest): KubernetesReply {
    const { state } = this;
    if (request.kind.review === true) return this.#review(request);
    switch (request.verb) {
      case 'get':
        return { status: 200, headers: json, body: get(state, request) };
      case 'list':
        return { status: 200, headers: json, body: list(state, request) };
      case 'watch':
        return watchReply(request, watch(state, request));
      case 'create':
        return this.#written(request, create(state, request));
      case 'update':
        return this.#written(request, update(state, request));
      case 'patch':
        return this.#written(request, patch(state, request));
      case 'delete': {
        const deleted = deleteOne(state, request);
        this.#record(request, deleted.effect);
        return { status: 200, headers: json, body: deleted.body };
      }
      case 'deletecollection': {
        const items = deleteCollection(state, request);
        this.#record(request, items.length > 0);
        const metadata = { resourceVersion: String(state.store.revision) };
        const { kind } = request;
        const body = { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items: items.map((item) => item) };
        return { status: 200, headers: json, body };
      }
      default:
        return refuse(methodNotAllowed, {});
    }
  }

  #written(request: ResourceRequest, written: Written): AnswerReply {
    this.#record(request, written.effect);
    const warning = written.warnings.map((warningText) => `299 - ${JSON.stringify(warningText)}`);
    const headers = warning.length === 0 ? json : { ...json, warning };
    return { status: written.status, headers, body: presentOne(written.object, presentationOf(this.state, request)) };
  }

  /** Calls of the cluster's own controllers are the world's doing and are not recorded. */
  #record(request: ResourceRequest, effect: boolean): void {
    if (request.user.isController) return;
    const resource = `/clusters/${this.state.cluster}${request.http.path}`;
    const isApply = request.http.headers['content-type']?.startsWith('application/apply-patch') === true;
    this.state.base.journal.record({ service: 'kubernetes', method: isApply ? 'apply' : request.verb, resource, effect });
  }

  /** Access reviews: answered from who asks, kept nowhere. */
  #review(request: ResourceRequest): AnswerReply {
    const { kind, user } = request;
    const options = readWriteOptions(request.http, 'CreateOptions');
    const draft = draftCreation(this.state, request, { object: readObject(request.http, kind), options });
    const status =
      kind.kind === 'SelfSubjectReview'
        ? { userInfo: { username: user.name, groups: [...user.groups] } }
        : { allowed: user.isAdmin };
    const object = withMetadata(draft.object, { managedFields: encodeManagers(draft.managers) });
    const body = { ...object, status };
    return { status: 201, headers: json, body };
  }
}

function requireServedSubresource(path: ResourcePath, hasStatus: boolean): void {
  const { resource, subresource } = path;
  if (subresource === '' || (subresource === 'status' && hasStatus)) return;
  if (resource === 'namespaces' && subresource === 'finalize') return;
  refuse(notServed, {}, `${resource}/${subresource}`);
}

function watchReply(request: ResourceRequest, start: StartWatch): WatchReply {
  const timeoutSeconds = Number(request.http.query.get('timeoutSeconds') ?? 0);
  return { status: 200, headers: json, watch: start, ...(timeoutSeconds > 0 && { timeoutSeconds }) };
}

function toReply(error: ApiError): AnswerReply {
  const retryAfter = error instanceof StatusError ? error.details?.retryAfterSeconds : undefined;
  if (error.id === pageNotFound.id) return { status: error.httpStatus, headers: text, body: error.message };
  const headers = retryAfter === undefined ? json : { ...json, 'retry-after': String(retryAfter) };
  return { status: error.httpStatus, headers, body: toStatus(error) };
}
