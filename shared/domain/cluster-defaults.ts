/** What a `Cluster` document means where it says nothing. One list: the schema shows it, `resolveCluster` applies it. */
export const clusterDefaults = {
  releaseChannel: 'REGULAR',
  networkingMode: 'multi-network',
  /**
   * Ranges of GoogleCloudPlatform/cluster-toolkit `examples/gke-a3-ultragpu/gke-a3-ultragpu.yaml` and its gke-cluster module.
   * 10.4.0.0/14 holds 1,024 nodes of 110 pods; the RDMA block in eight gives /21, 2,044 nodes each.
   */
  addresses: {
    primary: '192.168.0.0/18',
    pods: '10.4.0.0/14',
    services: '10.0.32.0/20',
    proxyOnly: '10.10.0.0/23',
    gvnic: '192.168.64.0/18',
    rdma: '192.168.128.0/18',
  },
  // Two system nodes: a repair or upgrade of one must not take cluster DNS and the gateway controllers away.
  systemPool: { machineType: 'e2-standard-16', nodes: 2, diskSizeGb: 100 },
  pool: {
    owner: 'inference-fleet',
    placement: 'none',
    autoRepair: true,
    autoUpgrade: true,
    /** No surge: a reservation of exactly the pool's size has no spare node (cluster-toolkit `modules/compute/gke-node-pool`). */
    maxSurge: 0,
    maxUnavailable: 1,
    /** Recommended for A3 Ultra (AI-Hypercomputer/xpk `src/xpk/core/nodepool.py`). */
    gpuDriverVersion: 'LATEST',
    /** As in AI-Hypercomputer/xpk `src/xpk/core/nodepool.py`: whole-node workloads need few pods. */
    maxPodsPerNode: 32,
  },
  addOns: { rdmaInstaller: true },
  workloadIdentity: true,
  protection: { deletion: true },
} as const;
