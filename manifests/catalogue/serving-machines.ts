/** Machine types with GPUs on which a model can be served, and what they cost; more than a cluster of ours can be built of. */
import type { GpuFacts, ServingMachine } from '../../shared/domain/serving/gpu-facts.ts';
import { gpus } from './gpus.ts';
import { prices } from './prices.ts';
import { servingPrices } from './serving-prices.ts';

const TYPES = 'Compute Engine documentation, "Accelerator-optimized machine family"';

/** Their nodes are bought one by one: a replica stays on one. */
const single = { between: 'none', source: TYPES, asOf: '2026-08' } as const;

interface Series extends Pick<ServingMachine, 'between' | 'source' | 'asOf'> {
  readonly gpu: GpuFacts;
  /** GPUs by machine type. */
  readonly types: { readonly [machineType: string]: number };
}

const series: readonly Series[] = [
  {
    ...single,
    gpu: gpus.l4,
    types: { 'g2-standard-12': 1, 'g2-standard-24': 2, 'g2-standard-48': 4, 'g2-standard-96': 8 },
  },
  {
    ...single,
    gpu: gpus.a100,
    types: { 'a2-highgpu-1g': 1, 'a2-highgpu-2g': 2, 'a2-highgpu-4g': 4, 'a2-highgpu-8g': 8, 'a2-megagpu-16g': 16 },
  },
  {
    ...single,
    gpu: gpus.a100Large,
    types: { 'a2-ultragpu-1g': 1, 'a2-ultragpu-2g': 2, 'a2-ultragpu-4g': 4, 'a2-ultragpu-8g': 8 },
  },
  { ...single, gpu: gpus.h100, types: { 'a3-highgpu-1g': 1, 'a3-highgpu-2g': 2, 'a3-highgpu-4g': 4 } },
  { ...single, gpu: gpus.h100, between: 'tcp', types: { 'a3-highgpu-8g': 8 } },
  {
    gpu: gpus.h100Mega,
    between: 'tcp',
    types: { 'a3-megagpu-8g': 8 },
    source: 'GoogleCloudPlatform/cluster-toolkit examples/gke-a3-megagpu',
    asOf: '2026-08',
  },
  {
    gpu: gpus.h200,
    between: 'rdma',
    types: { 'a3-ultragpu-8g': 8 },
    source: 'GoogleCloudPlatform/cluster-toolkit examples/gke-a3-ultragpu',
    asOf: '2026-06',
  },
  {
    gpu: gpus.b200,
    between: 'rdma',
    types: { 'a4-highgpu-8g': 8 },
    source: 'GoogleCloudPlatform/cluster-toolkit examples/gke-a4',
    asOf: '2026-06',
  },
  {
    gpu: gpus.gb200,
    // Several nodes share an NVLink domain that has to be claimed, which nothing here does: a ServingStack is refused them too.
    between: 'none',
    types: { 'a4x-highgpu-4g': 4 },
    source: 'GoogleCloudPlatform/cluster-toolkit examples/gke-a4x',
    asOf: '2026-08',
  },
];

export const servingMachines: readonly ServingMachine[] = series.flatMap(({ types, ...facts }) =>
  Object.entries(types).map(([machineType, gpuCount]) => ({
    ...facts,
    machineType,
    gpuCount,
    ...priceOf(machineType),
  })),
);

/** On demand; a spot price is no promise to serve by. A machine has one row at most, of the region that is named. */
function priceOf(machineType: string): Pick<ServingMachine, 'price'> {
  const price = [...prices, ...servingPrices].find(
    ({ subject, model }) => subject === machineType && model === 'on-demand',
  );
  return price === undefined ? {} : { price };
}
