/** How a model is spread over pods and GPUs. */

/** One aggregated role, or prefill and decode. */
export type StackRoles =
  | { readonly aggregated: RoleShape; readonly workload?: AggregatedWorkload }
  | {
      readonly prefill: RoleShape;
      readonly decode: RoleShape;
      readonly workload?: DisaggregatedWorkload;
      readonly scaling?: RoleScaling;
    };

/** Left out: a Deployment where one pod is a replica, else a LeaderWorkerSet. */
export type AggregatedWorkload = 'Deployment' | 'LeaderWorkerSet';
/** `DisaggregatedSet`: both roles in one object, rolled out together. */
export type DisaggregatedWorkload = AggregatedWorkload | 'DisaggregatedSet';

/**
 * Who says how many replicas the roles of a DisaggregatedSet have: this document (`static`), or whoever writes to the
 * DisaggregatedSetRoleScaler `<name>-<role>` that its controller makes for each role (`external`). Left out: `external` with
 * `spec.autoscaling`, else `static`.
 */
export type RoleScaling = 'static' | 'external';

export type RoleShape = {
  /** 1 when left out. */
  readonly replicas?: number;
  /** GPUs of each pod; all of the machine when left out. */
  readonly gpus?: number;
  /** Nodes, and so pods, of one replica; 1 when left out. More than one take whole nodes. */
  readonly nodes?: number;
  /** `tensor` when left out: tensor parallel inside a node, pipeline parallel between nodes. `expert`: a rank of data parallelism per GPU, experts spread over all. */
  readonly parallelism?: 'tensor' | 'expert';
  /** With `expert`: what carries tokens to their experts; `deepep` when left out. */
  readonly allToAll?: AllToAll;
  /** What starts the processes of several nodes; `multi-process`, vLLM's own, when left out. */
  readonly executor?: 'multi-process' | 'ray';
  /** Of each pod. */
  readonly cpu?: number;
  readonly memoryGib?: number;
  /** `/dev/shm`, a part of the memory. */
  readonly sharedMemoryGib?: number;
  /** GPUs that are free beside this role while it is rolled out; with none a replica goes before its successor comes. */
  readonly spareGpus?: number;
};

/**
 * `deepep`: DeepEP over NVSHMEM, its high-throughput kernels for prefill and its low-latency ones elsewhere. `deepep-v2`: DeepEP 2 over
 * NCCL, which needs no NVSHMEM. `nccl`: vLLM's default, slower and needing nothing.
 */
export type AllToAll = 'deepep' | 'deepep-v2' | 'nccl';
