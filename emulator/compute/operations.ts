import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { type ComputePlace, linkOf, scopeText, timestampOf } from './collections.ts';
import { textField } from './fields.ts';
import { randomHex, randomId } from './identity.ts';
import { badRequestId, reusedRequestId } from './rejections.ts';
import type { Resource } from './store.ts';

/** `error.errors[0]` of an operation that failed. */
export interface OperationFailure {
  readonly code: string;
  readonly message: string;
  /** `httpErrorStatusCode` and `httpErrorMessage`. */
  readonly httpStatus: number;
  readonly httpMessage: string;
}

export interface NewOperation {
  readonly type: 'insert' | 'patch' | 'delete' | 'compute.instanceGroupManagers.deleteInstances';
  readonly target: Omit<Resource, 'busy' | 'pending'>;
  readonly requestId?: string;
  /** How long it takes, ms of world time: drawn between the two by target and attempt. */
  readonly durationMs: readonly [from: number, to: number];
}

/** Makes the change when the time has come; an answer means that it could not be made. */
export type Finish = () => OperationFailure | undefined;

interface Operation extends Pick<NewOperation, 'type' | 'requestId'> {
  readonly name: string;
  readonly id: string;
  readonly place: ComputePlace;
  readonly targetPath: string;
  readonly targetId: string;
  readonly insertAtMs: number;
  readonly startAtMs: number;
  endAtMs?: number;
  failure?: OperationFailure | undefined;
}

/** From insertTime to startTime, ms: 0.7 s in the operation quoted in kubernetes/kubernetes #64858. */
const pendingMs = 700;

/** All operations of the project, running and over: Compute keeps them, so that a lost answer can be read again. */
export class OperationBook {
  readonly #base: WorldBase;
  readonly #operations: Operation[] = [];
  readonly #listeners = new Map<Operation, Set<() => void>>();

  constructor(base: WorldBase) {
    this.#base = base;
  }

  /** Starts an operation and returns what the caller is answered. */
  start(request: NewOperation, finish: Finish): JsonMap {
    const { clock, random } = this.#base;
    this.#record(request.type, request.target.path, true);
    const { path, collection, name } = request.target;
    // The attempt is part of the key, so that a second creation does not take exactly as long as the first.
    const key = ['compute', collection, name, request.type, this.countOn(path) + 1] as const;
    const insertAtMs = clock.nowMs();
    const operation: Operation = {
      type: request.type,
      ...(request.requestId !== undefined && { requestId: request.requestId }),
      name: `operation-${Math.floor(insertAtMs)}-${randomHex(random, 13, ...key)}-${randomHex(random, 8, ...key, 'tail')}`,
      id: randomId(random, ...key),
      place: request.target.place,
      targetPath: path,
      targetId: textField(request.target.body, 'id') ?? '',
      insertAtMs,
      startAtMs: insertAtMs + pendingMs,
    };
    this.#operations.push(operation);
    const durationMs = Math.round(random.between(...request.durationMs, ...key));
    clock.after(durationMs, () => this.#end(operation, finish()));
    return this.#view(operation);
  }

  /** How many operations there have been on a resource, of all its incarnations. */
  countOn(path: string): number {
    return this.#operations.filter((one) => one.targetPath === path).length;
  }

  /** The operation that an earlier call with this request id started; undefined if there was none. */
  repeated(type: NewOperation['type'], path: string, requestId: string | undefined): JsonMap | undefined {
    if (requestId === undefined) return undefined;
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(requestId) || /^[0-]+$/.test(requestId))
      reject(badRequestId, requestId);
    const earlier = this.#operations.find((one) => one.requestId === requestId);
    if (earlier === undefined) return undefined;
    if (earlier.type !== type || earlier.targetPath !== path) reject(reusedRequestId, requestId, earlier.targetPath);
    this.#record(type, path, false);
    return this.#view(earlier);
  }

  find(place: ComputePlace, name: string): JsonMap | undefined {
    const operation = this.#find(place, name);
    return operation && this.#view(operation);
  }

  /** Calls back once when the operation ends; at once if it is over or unknown. */
  onEnd(place: ComputePlace, name: string, listener: () => void): Cancel {
    const operation = this.#find(place, name);
    const listeners = operation && this.#listeners.get(operation);
    if (operation === undefined || operation.endAtMs !== undefined) {
      listener();
      return () => {};
    }
    if (listeners === undefined) this.#listeners.set(operation, new Set([listener]));
    else listeners.add(listener);
    return () => this.#listeners.get(operation)?.delete(listener);
  }

  /** Oldest first. */
  all(): readonly { readonly place: ComputePlace; readonly view: JsonMap }[] {
    return this.#operations.map((operation) => ({ place: operation.place, view: this.#view(operation) }));
  }

  #record(type: NewOperation['type'], resource: string, effect: boolean): void {
    const method = type.slice(type.lastIndexOf('.') + 1);
    this.#base.journal.record({ service: 'compute', method, resource, effect });
  }

  #find(place: ComputePlace, name: string): Operation | undefined {
    const here = scopeText(place);
    // Compute takes the name or the numeric id.
    return this.#operations.find((one) => [one.name, one.id].includes(name) && scopeText(one.place) === here);
  }

  #end(operation: Operation, failure: OperationFailure | undefined): void {
    operation.endAtMs = this.#base.clock.nowMs();
    operation.failure = failure;
    const listeners = this.#listeners.get(operation) ?? [];
    this.#listeners.delete(operation);
    for (const listener of listeners) listener();
  }

  /** Fields and form as in kubernetes/kubernetes #64858 and google/cloud/compute/v1/compute.proto (Operation). */
  #view(operation: Operation): JsonMap {
    const { place, failure, endAtMs } = operation;
    const scope = `projects/${this.#base.project}/${scopeText(place)}`;
    const started = endAtMs !== undefined || this.#base.clock.nowMs() >= operation.startAtMs;
    return {
      kind: 'compute#operation',
      id: operation.id,
      name: operation.name,
      ...(operation.requestId !== undefined && { clientOperationId: operation.requestId }),
      ...(place.region !== undefined && { region: linkOf(scope) }),
      ...(place.zone !== undefined && { zone: linkOf(scope) }),
      operationType: operation.type,
      targetLink: linkOf(operation.targetPath),
      targetId: operation.targetId,
      status: statusOf(started, endAtMs),
      progress: endAtMs === undefined ? 0 : 100,
      insertTime: timestampOf(operation.insertAtMs),
      ...(started && { startTime: timestampOf(operation.startAtMs) }),
      ...(endAtMs !== undefined && { endTime: timestampOf(endAtMs) }),
      ...(failure !== undefined && failureFields(failure)),
      selfLink: linkOf(`${scope}/operations/${operation.name}`),
    };
  }
}

function statusOf(started: boolean, endAtMs: number | undefined): 'PENDING' | 'RUNNING' | 'DONE' {
  if (endAtMs !== undefined) return 'DONE';
  return started ? 'RUNNING' : 'PENDING';
}

function failureFields(failure: OperationFailure): JsonMap {
  return {
    error: { errors: [{ code: failure.code, message: failure.message }] },
    httpErrorStatusCode: failure.httpStatus,
    httpErrorMessage: failure.httpMessage,
  };
}
