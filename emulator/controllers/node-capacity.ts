/** What a node has and what pods may use of it. */
import type { Instance } from '../gke/instance.ts';
import type { JsonMap } from '../world/json.ts';

/** One row of a reservation table: this share of everything up to a limit. */
interface Band {
  readonly upTo: number;
  readonly share: number;
}

/** GKE documentation, page "Plan GKE Standard node sizes": reserved memory in GiB and reserved CPU in cores. */
const memoryBands: readonly Band[] = [
  { upTo: 4, share: 0.25 },
  { upTo: 8, share: 0.2 },
  { upTo: 16, share: 0.1 },
  { upTo: 128, share: 0.06 },
  { upTo: Number.POSITIVE_INFINITY, share: 0.02 },
];
const cpuBands: readonly Band[] = [
  { upTo: 1, share: 0.06 },
  { upTo: 2, share: 0.01 },
  { upTo: 4, share: 0.005 },
  { upTo: Number.POSITIVE_INFINITY, share: 0.0025 },
];
/** Eviction threshold, on the same page. */
const evictionMib = 100;

/** Example: 16 GiB → 1 + 0.8 + 0.8 = 2.6 GiB. */
function reserved(total: number, bands: readonly Band[]): number {
  let from = 0;
  let sum = 0;
  for (const { upTo, share } of bands) {
    sum += Math.max(0, Math.min(total, upTo) - from) * share;
    from = upTo;
  }
  return sum;
}

const kibPerGib = 1024 * 1024;
/** Local SSDs are 375 GB each (Compute Engine documentation, page "About Local SSD disks"); assumed 94 GiB of boot disk else. */
const localSsdKib = 375e9 / 1024;
const bootDiskKib = 94 * kibPerGib;

/** Extended resources are not in here: they appear when their device plugin does. */
export function capacityOf(instance: Instance): { readonly capacity: JsonMap; readonly allocatable: JsonMap } {
  const { cpuCount, memoryGib, maxPods, localSsdCount } = instance;
  const storageKib = Math.round(localSsdCount > 0 ? localSsdCount * localSsdKib : bootDiskKib);
  const pages = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' };
  const freeKib = (memoryGib - reserved(memoryGib, memoryBands)) * kibPerGib - evictionMib * 1024;
  return {
    capacity: {
      cpu: String(cpuCount),
      'ephemeral-storage': `${storageKib}Ki`,
      ...pages,
      memory: `${memoryGib * kibPerGib}Ki`,
      pods: String(maxPods),
    },
    allocatable: {
      cpu: `${Math.floor((cpuCount - reserved(cpuCount, cpuBands)) * 1000)}m`,
      // In bytes, as the kubelet reports what is left of a disk.
      'ephemeral-storage': String(Math.floor(storageKib * 1024 * 0.9)),
      ...pages,
      memory: `${Math.floor(freeKib)}Ki`,
      pods: String(maxPods),
    },
  };
}
