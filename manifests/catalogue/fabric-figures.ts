/** What the network between nodes of a machine type has to do, by which a test passes. */
import type { Provenance } from '../../shared/domain/catalogue.ts';

export interface FabricFigures extends Provenance {
  /** Of each RDMA NIC, one direction. */
  readonly nicGbps: number;
  /** Bus bandwidth of NCCL's all_gather of 8 GiB over two nodes, GB/s; absent: nobody has published one. */
  readonly measuredAllGatherGbytesPerSecond?: number;
  /** Below it the fabric is not in order: a tenth less than what was measured. */
  readonly leastAllGatherGbytesPerSecond: number;
}

export const fabricFigures: { readonly [machineType: string]: FabricFigures } = {
  'a3-ultragpu-8g': {
    nicGbps: 400,
    measuredAllGatherGbytesPerSecond: 328.85,
    leastAllGatherGbytesPerSecond: 300,
    source:
      'GoogleCloudPlatform/cluster-toolkit examples/gke-consumption-options/dws-flex-start/README.md; NIC: Google Cloud documentation, "Networking and GPU machines"; the tenth: NVIDIA/aicr docs/integrator',
    asOf: '2026-06',
  },
  'a4-highgpu-8g': {
    nicGbps: 400,
    // The same NICs as A3 Ultra, and no figure of its own: its bar, until somebody measures.
    leastAllGatherGbytesPerSecond: 300,
    source: 'Google Cloud documentation, "Networking and GPU machines"; all_gather: assumed, as A3 Ultra',
    asOf: '2026-06',
  },
};

/** Part of the line rate that one NIC must reach by itself: protocol and memory take the rest (ours; NIXL reaches 0.95, llm-d/llm-d issue 2423). */
export const LEAST_NIC_RATIO = 0.9;
