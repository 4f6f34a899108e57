/**
 * GPU machines with a fabric between nodes. Only what is `buildable` can be asked for; the others are here so that a refusal can say
 * what they lack. Adding one that shares the RoCE path is a change of data: NIC recipe, minimum version, disk, then `buildable`.
 * CPUs and memory: Compute Engine documentation, "Accelerator-optimized machine family".
 */
import type { Machine } from '../../shared/domain/catalogue.ts';

export const machines: readonly Machine[] = [
  {
    machineType: 'a3-ultragpu-8g',
    buildable: true,
    fabric: 'roce',
    acceleratorType: 'nvidia-h200-141gb',
    gpuCount: 8,
    vcpus: 224,
    memoryGib: 2_952,
    localSsdCount: 32,
    nics: { gvnic: 1, rdma: 8 },
    minimumVersion: '1.31.4-gke.1183000',
    threadsPerCore: 1,
    bootDisk: { sizeGb: 100 },
    source:
      'GoogleCloudPlatform/cluster-toolkit examples/gke-a3-ultragpu; minimum: GKE page "Create a custom AI-optimized GKE cluster"',
    asOf: '2026-06',
  },
  {
    machineType: 'a4-highgpu-8g',
    buildable: false,
    fabric: 'roce',
    acceleratorType: 'nvidia-b200',
    gpuCount: 8,
    vcpus: 224,
    memoryGib: 3_968,
    localSsdCount: 32,
    nics: { gvnic: 1, rdma: 8 },
    minimumVersion: '1.32.2-gke.1475000',
    threadsPerCore: 1,
    bootDisk: { type: 'hyperdisk-balanced', sizeGb: 100 },
    source:
      'GoogleCloudPlatform/cluster-toolkit examples/gke-a4; boot disk: AI-Hypercomputer/xpk src/xpk/core/nodepool.py',
    asOf: '2026-06',
  },
  {
    machineType: 'a4x-highgpu-4g',
    buildable: false,
    fabric: 'roce-nvlink',
    acceleratorType: 'nvidia-gb200',
    gpuCount: 4,
    vcpus: 140,
    memoryGib: 884,
    localSsdCount: 4,
    nics: { gvnic: 1, rdma: 4 },
    minimumVersion: '1.33.4-gke.1036000',
    threadsPerCore: 1,
    bootDisk: { type: 'hyperdisk-balanced', sizeGb: 100 },
    source:
      'GoogleCloudPlatform/cluster-toolkit examples/gke-a4x; AI-Hypercomputer/gpu-recipes docs/configuring-environment-gke-a4x.md',
    asOf: '2026-08',
  },
  {
    machineType: 'a3-megagpu-8g',
    buildable: false,
    fabric: 'tcpxo',
    acceleratorType: 'nvidia-h100-mega-80gb',
    gpuCount: 8,
    vcpus: 208,
    memoryGib: 1_872,
    localSsdCount: 16,
    // Eight plain VPCs; an extra gVNIC would take a GPU NIC's PCI slot (NVIDIA/aicr issue 1662).
    nics: { gvnic: 8, rdma: 0 },
    minimumVersion: '1.32.4-gke.1767000',
    threadsPerCore: 1,
    bootDisk: { sizeGb: 100 },
    source:
      'GoogleCloudPlatform/cluster-toolkit examples/gke-a3-megagpu; AI-Hypercomputer/gpu-recipes docs/configuring-environment-gke-a3-mega.md',
    asOf: '2026-08',
  },
  {
    machineType: 'a3-highgpu-8g',
    buildable: false,
    fabric: 'tcpx',
    acceleratorType: 'nvidia-h100-80gb',
    gpuCount: 8,
    vcpus: 208,
    memoryGib: 1_872,
    localSsdCount: 16,
    nics: { gvnic: 4, rdma: 0 },
    minimumVersion: '1.33.0-gke.0',
    threadsPerCore: 1,
    bootDisk: { sizeGb: 100 },
    source: 'GoogleCloudPlatform/cluster-toolkit examples/gke-a3-highgpu.yaml (asks for "1.33.")',
    asOf: '2026-06',
  },
];
