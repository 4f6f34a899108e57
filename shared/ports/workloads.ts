import type { ClusterConnection, ObjectRef } from './cluster-objects.ts';
import type { FencedCall } from './fence.ts';

/** One change of a size, bound to what it was decided about. */
export interface ScaleRequest {
  /** Absolute: repeating the call changes nothing more. */
  readonly replicas: number;
  /** Of the object that the decision was made about; another one in the cluster makes the call fail instead of racing. */
  readonly resourceVersion: string;
}

/** One pod and not its namesake: pods of a StatefulSet come back under the same name. */
export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  /** Of the pod that was looked at: its successor of the same name is left alone. */
  readonly uid: string;
}

/** Whether a node takes new pods; those that run on it stay. */
export interface NodeCordon {
  readonly name: string;
  readonly unschedulable: boolean;
  /** Set in the same call; null removes one. */
  readonly annotations?: Readonly<Record<string, string | null>>;
}

/** Annotations of one pod that are to be as said; null removes one. */
export interface PodAnnotations {
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string | null>>;
}

/** What is done to running workloads and their nodes. All methods throw `AutomationError` only. */
export interface Workloads {
  /**
   * Sets the replicas of whatever has a `scale` subresource. Throws `transient` when the object has changed meanwhile
   * (look again, decide again), `gone` when it is not there.
   */
  scale(connection: ClusterConnection, ref: ObjectRef, request: ScaleRequest, call: FencedCall): Promise<void>;
  /** Keeps new pods off a node, or lets them on again. Throws `gone`. */
  setUnschedulable(connection: ClusterConnection, node: NodeCordon, call: FencedCall): Promise<void>;
  /** Sets or removes annotations of a pod; repeating it changes nothing more. Throws `gone`. */
  annotatePod(connection: ClusterConnection, pod: PodAnnotations, call: FencedCall): Promise<void>;
  /**
   * Asks for a pod to leave, within its disruption budget. Throws `busy` (code `DISRUPTION_BUDGET`) while the budget allows none;
   * a pod that is not there, or is another one by now, has left.
   */
  evict(connection: ClusterConnection, pod: PodRef, call: FencedCall): Promise<void>;
}

export interface PodEndpoint {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /** Begins with a slash, e.g. `/metrics`. */
  readonly path: string;
}

/** What pods themselves answer, through the API server's proxy: no network path of our own into the cluster is needed. */
export interface PodTexts {
  /** Throws `AutomationError`; `transient` where the pod does not answer within a few seconds. */
  read(connection: ClusterConnection, endpoint: PodEndpoint): Promise<string>;
}
