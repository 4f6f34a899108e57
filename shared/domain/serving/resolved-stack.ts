/** A `ServingStack` with nothing left to decide about its pods; the parts around them fill in their own defaults. */
import type { Machine } from '../catalogue.ts';
import type { RoleName } from '../model-service.ts';
import type { FlagSetting } from './engine.ts';
import type { RdmaAttachment } from './hardware.ts';
import type { AllToAll, RoleScaling } from './roles.ts';
import type { ServedModel, ServingStackSpec } from './stack.ts';

export interface Stack {
  readonly name: string;
  readonly namespace: string;
  /** The owner's labels. */
  readonly labels: { readonly [key: string]: string };
  readonly project?: string;
  readonly model: ServedModel & { readonly servedName: string };
  readonly engine: StackEngine;
  readonly machine: Machine;
  readonly nodePool?: string;
  readonly rdma: RdmaAttachment;
  /** One aggregated role, or prefill and decode in this order. */
  readonly roles: readonly StackRole[];
  /** Both roles in one DisaggregatedSet. */
  readonly isDisaggregatedSet: boolean;
  /** Who says how many replicas its roles have; of no meaning for other workloads. */
  readonly roleScaling: RoleScaling;
  readonly drain: Drain;
  readonly startup: StartupBudget;
  /** As written; whoever builds a part resolves it. */
  readonly spec: ServingStackSpec;
}

export interface StackEngine {
  /** vLLM's, `0.30.0`. */
  readonly version: string;
  readonly image: string;
  readonly includesRay: boolean;
  readonly flags: { readonly [flag: string]: FlagSetting };
  readonly env: { readonly [name: string]: string };
}

export interface StackRole {
  readonly role: RoleName;
  /** Of its workload. In a DisaggregatedSet it has no object of its own; it is the name of the role's scaler then. */
  readonly name: string;
  /** What one replica is: a pod, or a group of pods with a leader. */
  readonly workload: 'Deployment' | 'LeaderWorkerSet';
  readonly replicas: number;
  /** Pods of a replica, each on a node of its own where there are several. */
  readonly nodes: number;
  readonly gpusPerPod: number;
  readonly parallelism: Parallelism;
  readonly executor: 'multi-process' | 'ray';
  /** Of expert parallelism. */
  readonly allToAll: AllToAll;
  readonly ports: RolePorts;
  /** Of each pod. */
  readonly resources: { readonly cpu: number; readonly memoryGib: number; readonly sharedMemoryGib: number };
  readonly rollout: { readonly maxSurge: number; readonly maxUnavailable: number };
}

/** tensor × pipeline × data = nodes × GPUs per pod. */
export interface Parallelism {
  readonly tensor: number;
  readonly pipeline: number;
  readonly data: number;
  /** Ranks of data parallelism in each pod; 0: there are none. */
  readonly dataPerPod: number;
}

export interface RolePorts {
  /** What the InferencePool sends requests to: the model server's own, or its routing sidecar's; the first of several ranks'. */
  readonly serving: number;
  /** The model server's own: /v1/models, /metrics; the first of several ranks'. */
  readonly modelServer: number;
  /** How many follow one another from both on: one for each rank of a pod. */
  readonly count: number;
  /** Of the supervisor of data-parallel ranks, which answers for the pod. */
  readonly supervisor?: number;
  /** NIXL's side channel, where keys and values are handed over. */
  readonly sideChannel?: number;
}

/** Seconds; derived from the one number that the owner may set. */
export interface Drain {
  /** Until the endpoint is gone from every picker and proxy. */
  readonly preStopSeconds: number;
  /** For requests in flight, `--shutdown-timeout`. */
  readonly shutdownSeconds: number;
  /** `terminationGracePeriodSeconds`: the two, and time to exit. */
  readonly graceSeconds: number;
}

/** Seconds. */
export interface StartupBudget {
  readonly budgetSeconds: number;
  readonly probePeriodSeconds: number;
  readonly failureThreshold: number;
  /** After which a Deployment is reported as stuck: later than its pods are given up. */
  readonly progressDeadlineSeconds: number;
}
