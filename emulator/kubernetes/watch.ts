/** Watching a collection. */
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { jsonText } from './json-text.ts';
import { apiVersionOf } from './kinds.ts';
import { requireWatchOptions } from './list-options.ts';
import { type KubernetesObject, namespaceOf } from './objects.ts';
import { presentationOf, unreadableVersion } from './reads.ts';
import { expired, internalError } from './rejections.ts';
import { type Presentation, presentEvent } from './representation.ts';
import type { ResourceRequest } from './resource-request.ts';
import { type ObjectFilter, requestFilter } from './selectors.ts';
import { type ClusterState, collectionOf } from './state.ts';
import { refuse, statusError, toStatus } from './status.ts';
import type { ChangeType, StoreEvent } from './store.ts';

/** What a watch tells. Nobody changes the object: where it is a stored one it is frozen. */
export interface WatchEvent {
  readonly type: ChangeType | 'BOOKMARK' | 'ERROR';
  readonly object: JsonMap;
}

/** `end` says that nothing more will come. */
export type StartWatch = (send: (event: WatchEvent) => void, end: () => void) => Cancel;

/** One JSON document a line, as it goes over a wire. */
export function lineOf({ type, object }: WatchEvent): string {
  return `{"type":${JSON.stringify(type)},"object":${jsonText(object)}}\n`;
}

/** The version to watch from; undefined for everything there is, followed by what happens. */
function startOf(request: ResourceRequest): number | undefined {
  const { query } = request.http;
  const version = query.get('resourceVersion') ?? '';
  if (version !== '' && !/^\d+$/.test(version)) refuse(internalError, undefined, unreadableVersion(version));
  requireWatchOptions(query);
  const asksForAll = query.get('sendInitialEvents') === 'true';
  return asksForAll || Number(version) === 0 ? undefined : Number(version);
}

/** Whether the client is told when it has everything: who asks for all, or for no version at all, and can read bookmarks. */
function marksInitialEnd(query: URLSearchParams): boolean {
  if (query.get('allowWatchBookmarks') !== 'true') return false;
  return query.get('sendInitialEvents') === 'true' || (query.get('resourceVersion') ?? '') === '';
}

/** Watches a collection: the past since a version or everything there is as ADDED, then every change as it happens. */
export function watch(state: ClusterState, request: ResourceRequest): StartWatch {
  const start = startOf(request);
  const isWanted = inNamespace(request.namespace, requestFilter(request.kind, request.http.query));
  const presentation = presentationOf(state, request);
  const collection = collectionOf(request.kind);
  const endsBookmarked = marksInitialEnd(request.http.query);
  return (send, end) => {
    const writer = new EventWriter(state, presentation, send);
    if (start !== undefined && start < state.store.compactedRevision) {
      writer.writeExpired(start);
      end();
      return () => undefined;
    }
    if (start === undefined) {
      for (const object of state.store.list(collection).filter(isWanted)) writer.write('ADDED', object);
      if (endsBookmarked) writer.writeInitialEnd();
    } else {
      for (const event of state.store.eventsAfter(collection, start)) writer.writeChange(event, isWanted);
    }
    return state.store.subscribe((event) => {
      if (event.collection === collection) writer.writeChange(event, isWanted);
    });
  };
}

function inNamespace(namespace: string, filter: ObjectFilter): ObjectFilter {
  return namespace === '' ? filter : (object) => namespaceOf(object) === namespace && filter(object);
}

/** Writes the events of one watch in the form that its client reads. */
class EventWriter {
  readonly #state: ClusterState;
  readonly #presentation: Presentation;
  readonly #send: (event: WatchEvent) => void;
  #isFirst = true;

  constructor(state: ClusterState, presentation: Presentation, send: (event: WatchEvent) => void) {
    this.#state = state;
    this.#presentation = presentation;
    this.#send = send;
  }

  write(type: ChangeType, object: KubernetesObject): void {
    const presentation = { ...this.#presentation, nowMs: this.#state.base.clock.nowMs() };
    const shown = presentation.kind.stored?.fromStored(object) ?? object;
    this.#send({ type, object: presentEvent(shown, presentation, this.#isFirst) });
    this.#isFirst = false;
  }

  /** An object that stops matching is DELETED for this watch, one that starts is ADDED. */
  writeChange(event: StoreEvent, isWanted: ObjectFilter): void {
    const was = event.previous !== undefined && isWanted(event.previous);
    const is = event.type !== 'DELETED' && isWanted(event.object);
    if (was && is) this.write('MODIFIED', event.object);
    else if (is) this.write('ADDED', event.object);
    else if (was) this.write('DELETED', event.object);
  }

  /** Tells a client that asked for everything first that it has it now. */
  writeInitialEnd(): void {
    const { kind } = this.#presentation;
    const metadata = {
      resourceVersion: String(this.#state.store.revision),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    };
    this.#send({ type: 'BOOKMARK', object: { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata } });
  }

  /** The stream opens with 200 and then says that the version is gone. */
  writeExpired(since: number): void {
    const text = `too old resource version: ${since} (${this.#state.store.compactedRevision})`;
    this.#send({ type: 'ERROR', object: toStatus(statusError(expired, undefined, text)) });
  }
}
