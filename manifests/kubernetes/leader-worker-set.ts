/** The fields of a LeaderWorkerSet that we write (kubernetes-sigs/lws api/leaderworkerset/v1/leaderworkerset_types.go). */
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { Applied, Wire } from './wire.ts';

export type LeaderWorkerSet = Applied<{ readonly spec: LeaderWorkerSetSpec }>;

export interface LeaderWorkerSetSpec {
  /** Groups, 0..1,000,000. */
  readonly replicas?: number;
  readonly rolloutStrategy: RolloutStrategy;
  readonly leaderWorkerTemplate: LeaderWorkerTemplate;
}

/** Groups beyond, and groups short of, the wanted number; not both 0. */
export interface RolloutStrategy {
  readonly type: 'RollingUpdate';
  readonly rollingUpdateConfiguration: { readonly maxSurge: number; readonly maxUnavailable: number };
}

export interface LeaderWorkerTemplate {
  /** Pods of a group, the leader among them. */
  readonly size: number;
  /** `RecreateGroupAfterStart`: as `RecreateGroupOnPodRestart`, but not while a pod of the group is still pending. */
  readonly restartPolicy: 'RecreateGroupOnPodRestart' | 'RecreateGroupAfterStart' | 'None';
  /** Absent: the leader is made from the template of the workers. */
  readonly leaderTemplate?: Wire<V1PodTemplateSpec>;
  readonly workerTemplate: Wire<V1PodTemplateSpec>;
}

/** Labels that the controller puts on the pods of a group. */
export const groupLabels = {
  /** Name of the LeaderWorkerSet. */
  name: 'leaderworkerset.sigs.k8s.io/name',
  /** `0`: the leader. */
  workerIndex: 'leaderworkerset.sigs.k8s.io/worker-index',
  /** The same on all pods of a group, and on those of no other. */
  groupKey: 'leaderworkerset.sigs.k8s.io/group-key',
} as const;

/** Annotation of the set: each group gets a value of this node label for itself. */
export const EXCLUSIVE_TOPOLOGY = 'leaderworkerset.sigs.k8s.io/exclusive-topology';

/** Set on every pod of a group, in every container, before its own variables: they may be named in `$(…)`. */
export const groupVariables = {
  leaderAddress: 'LWS_LEADER_ADDRESS',
  workerIndex: 'LWS_WORKER_INDEX',
} as const;
