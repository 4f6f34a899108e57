import { createHash } from 'node:crypto';
import type { WorldBase } from '../world/base.ts';
import { copyOf, type JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { PENDING_MS } from './durations.ts';
import { textAt } from './read.ts';
import { incompatibleOperation, notFound, tooManyOperations } from './rejections.ts';
import { notCancellable } from './settings-rejections.ts';

/** What an operation works on. */
export interface OperationScope {
  readonly type: string;
  readonly location: string;
  /** Path and short name of the cluster. */
  readonly cluster: string;
  readonly clusterName: string;
  /** Short name; absent means the operation takes the whole cluster. */
  readonly nodePool?: string;
}

/** How an operation that makes nodes fails. */
export interface ProvisioningFailure {
  /** From the start of the operation. */
  readonly afterMs: number;
  /** google.rpc.Code as a number. */
  readonly rpcCode: number;
  readonly message: string;
  /** google.container.v1.StatusCondition */
  readonly condition: JsonMap;
}

export interface RunningOperation {
  /** How many operations of this type there were on this target, this one included: the key of all chance in it. */
  readonly attempt: number;
  /** The operation as the caller gets it. */
  view(): JsonMap;
  progress(doneNodes: number, totalNodes: number): void;
  finish(failure?: ProvisioningFailure): void;
  /** From now until it ends the operation can be cancelled: then this is called, and has to end it. */
  allowCancelling(cancel: () => void): void;
}

interface Entry {
  readonly scope: OperationScope;
  readonly json: JsonMap;
  cancel?: () => void;
}

/**
 * These run beside any other operation: comment of `Operation.Type` in googleapis/googleapis
 * google/container/v1/cluster_service.proto.
 */
const harmlessTypes: ReadonlySet<string> = new Set(['AUTO_REPAIR_NODES', 'SET_NODE_POOL_MANAGEMENT']);

/** hashicorp/terraform-provider-google #15205: the quota named in the refusal. */
const mostOperationsPerCluster = 5;

/** All GKE operations ever started, and the rule which of them exclude each other. */
export class OperationLog {
  readonly #base: WorldBase;
  readonly #entries: Entry[] = [];

  constructor(base: WorldBase) {
    this.#base = base;
  }

  get all(): readonly JsonMap[] {
    return this.#entries.map(({ json }) => copyOf(json));
  }

  find(location: string, name: string): JsonMap | undefined {
    const found = this.#entries.find(({ scope, json }) => scope.location === location && json['name'] === name);
    return found && copyOf(found.json);
  }

  /** `-` lists all locations. */
  list(location: string): JsonMap[] {
    return this.#entries
      .filter(({ scope }) => location === '-' || scope.location === location)
      .map(({ json }) => copyOf(json));
  }

  /** Rejects when `start` would: one operation for the whole cluster, or one for each node pool. */
  admit(scope: OperationScope): void {
    const running = this.#entries.filter(
      (entry) => entry.scope.cluster === scope.cluster && entry.json['status'] !== 'DONE',
    );
    const blocking = running.find((entry) => exclude(entry.scope, scope));
    if (blocking !== undefined) reject(incompatibleOperation, textAt(blocking.json, 'name'));
    if (running.length >= mostOperationsPerCluster) reject(tooManyOperations, scope.clusterName);
  }

  /** Which attempt an operation of this scope would be; the first is 1. */
  nextAttempt(scope: OperationScope): number {
    return 1 + this.#entries.filter((entry) => isRepetition(entry.scope, scope)).length;
  }

  start(scope: OperationScope): RunningOperation {
    this.admit(scope);
    const attempt = this.nextAttempt(scope);
    const json = this.#newOperation(scope, attempt);
    const entry: Entry = { scope, json };
    this.#entries.push(entry);
    this.#base.clock.after(PENDING_MS, () => {
      if (json['status'] === 'PENDING') json['status'] = 'RUNNING';
    });
    return {
      attempt,
      view: () => copyOf(json),
      progress: (doneNodes, totalNodes) => {
        json['progress'] = toProgress(doneNodes, totalNodes);
      },
      finish: (failure) => this.#finish(entry, failure),
      allowCancelling: (cancel) => {
        entry.cancel = cancel;
      },
    };
  }

  /** Rejects unless the operation runs and says of itself that it can be cancelled. */
  cancel(location: string, name: string): void {
    const entry = this.#entries.find(({ scope, json }) => scope.location === location && json['name'] === name);
    if (entry === undefined) return reject(notFound, name);
    const { json, cancel } = entry;
    if (json['status'] === 'DONE' || cancel === undefined)
      return reject(notCancellable, name, textAt(json, 'operationType'), textAt(json, 'status'));
    json['status'] = 'ABORTING';
    cancel();
  }

  #newOperation(scope: OperationScope, attempt: number): JsonMap {
    const nowMs = this.#base.clock.nowMs();
    const key = [scope.type, scope.cluster, scope.nodePool ?? '', attempt] as const;
    const name = `operation-${Math.floor(nowMs)}-${toUuid(String(this.#base.random.draw('gke', 'operation', ...key)))}`;
    const root = linkRoot(this.#base, scope.location);
    const target = `${root}/clusters/${scope.clusterName}`;
    return {
      name,
      zone: scope.location,
      location: scope.location,
      operationType: scope.type,
      status: 'PENDING',
      selfLink: `${root}/operations/${name}`,
      targetLink: scope.nodePool === undefined ? target : `${target}/nodePools/${scope.nodePool}`,
      startTime: toTime(nowMs),
    };
  }

  #finish({ scope, json }: Entry, failure: ProvisioningFailure | undefined): void {
    json['status'] = 'DONE';
    json['endTime'] = toTime(this.#base.clock.nowMs());
    if (failure === undefined) return;
    // Both, and the condition too: kubernetes-sigs/sig-storage-local-static-provisioner #526 shows a failed operation.
    json['error'] = { code: failure.rpcCode, message: failure.message };
    json['statusMessage'] = failure.message;
    json[scope.nodePool === undefined ? 'clusterConditions' : 'nodepoolConditions'] = [copyOf(failure.condition)];
  }
}

/** Whether two operations on one cluster cannot run side by side (page "Troubleshoot concurrent operations"). */
function exclude(running: OperationScope, wanted: OperationScope): boolean {
  if (harmlessTypes.has(running.type) || harmlessTypes.has(wanted.type)) return false;
  if (running.nodePool === undefined || wanted.nodePool === undefined) return true;
  return running.nodePool === wanted.nodePool;
}

function isRepetition(one: OperationScope, other: OperationScope): boolean {
  return one.type === other.type && one.cluster === other.cluster && one.nodePool === other.nodePool;
}

/** Names of the metrics: comment of `OperationProgress.metrics` in cluster_service.proto. */
function toProgress(doneNodes: number, totalNodes: number): JsonMap {
  return {
    status: doneNodes < totalNodes ? 'RUNNING' : 'DONE',
    metrics: [
      { name: 'nodes done', intValue: String(doneNodes) },
      { name: 'nodes total', intValue: String(totalNodes) },
    ],
  };
}

/** Google's links carry the project number and say `zones` for zonal resources. */
function linkRoot(base: WorldBase, location: string): string {
  const kind = /-[a-z]$/.test(location) ? 'zones' : 'locations';
  return `https://container.googleapis.com/v1/projects/${base.projectNumber}/${kind}/${location}`;
}

function toUuid(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

function toTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
