/** The nodes that the pods are for. */
export type Hardware = {
  readonly machineType: string;
  /** GKE node pool; any node with the machine's GPUs when left out. */
  readonly nodePool?: string;
  readonly rdma?: RdmaAttachment;
  /** With `multi-network`: the second gVNIC of the node as well, as `eth1`. Neither NCCL nor NIXL needs it; no when left out. */
  readonly gvnic?: boolean;
};

/**
 * How pods get the NICs of their GPUs. Left out: what the machine has, where a replica talks to other pods, else `none`.
 * `multi-network`: annotations, whole nodes only. `dranet`: a claim per GPU with the NIC beside it. `tcpxo`: A3 Mega.
 */
export type RdmaAttachment = 'none' | 'multi-network' | 'dranet' | 'tcpxo';
