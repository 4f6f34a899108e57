/** Shapes of machine types, as data with their source (D12). */

export interface MachineShape {
  readonly cpuCount: number;
  readonly memoryGib: number;
  /** Built-in GPUs. */
  readonly accelerator?: { readonly type: string; readonly count: number };
  /** Network interfaces, the first one included. */
  readonly maxInterfaces: number;
  /** Local SSDs that come with the machine. */
  readonly localSsdCount: number;
  /** Whether it can be had without a reservation, spot or flex-start. */
  readonly onDemand: boolean;
}

/** Compute Engine documentation, page "General-purpose machine family": the `standard` types have 4 GB per vCPU. */
const families: Readonly<Record<string, readonly number[]>> = {
  e2: [2, 4, 8, 16, 32],
  n2: [2, 4, 8, 16, 32, 48, 64, 80],
  n2d: [2, 4, 8, 16, 32, 48, 64, 80, 96],
  n4: [2, 4, 8, 16, 32, 48, 64, 80],
  c3: [4, 8, 22, 44, 88, 176],
};

/** CPU machines for system pools. */
function standardMachines(): Readonly<Record<string, MachineShape>> {
  const standard = Object.entries(families).flatMap(([family, cpuCounts]) =>
    cpuCounts.map((cpuCount) => [`${family}-standard-${cpuCount}`, cpuMachine(cpuCount, 4 * cpuCount)] as const),
  );
  // GKE's default type: two shared vCPUs, 4 GB.
  return { 'e2-medium': cpuMachine(2, 4), ...Object.fromEntries(standard) };
}

function cpuMachine(cpuCount: number, memoryGib: number): MachineShape {
  // One interface per vCPU, 2 to 8 (Compute Engine documentation, page "Multiple network interfaces").
  const maxInterfaces = Math.min(Math.max(cpuCount, 2), 8);
  return { cpuCount, memoryGib, maxInterfaces, localSsdCount: 0, onDemand: true };
}

/**
 * Shapes: Compute Engine documentation, page "GPU machine types"; interfaces: page "Networking and GPU machines";
 * no plain on-demand for A3 Ultra and A4: page "Consumption options (AI Hypercomputer)" and dstackai/gpuhunt.
 */
const gpuMachines: Readonly<Record<string, MachineShape>> = {
  'a3-ultragpu-8g': {
    cpuCount: 224,
    memoryGib: 2952,
    accelerator: { type: 'nvidia-h200-141gb', count: 8 },
    maxInterfaces: 10,
    localSsdCount: 32,
    onDemand: false,
  },
  'a4-highgpu-8g': {
    cpuCount: 224,
    memoryGib: 3968,
    accelerator: { type: 'nvidia-b200', count: 8 },
    maxInterfaces: 10,
    localSsdCount: 32,
    onDemand: false,
  },
  'a3-megagpu-8g': {
    cpuCount: 208,
    memoryGib: 1872,
    accelerator: { type: 'nvidia-h100-mega-80gb', count: 8 },
    maxInterfaces: 9,
    localSsdCount: 16,
    onDemand: true,
  },
  'a3-highgpu-8g': {
    cpuCount: 208,
    memoryGib: 1872,
    accelerator: { type: 'nvidia-h100-80gb', count: 8 },
    maxInterfaces: 5,
    localSsdCount: 16,
    onDemand: true,
  },
};

export const machines: Readonly<Record<string, MachineShape>> = { ...standardMachines(), ...gpuMachines };
