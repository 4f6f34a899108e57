/** The form of the facts about Google's offers. The facts themselves are data with a source and a date, handed in by the caller. */

/** How the GPUs of several nodes talk to each other. */
export type Fabric = 'roce' | 'roce-nvlink' | 'tcpxo' | 'tcpx';

/** Where a fact was read, and the day its source was of. */
export interface Provenance {
  /** Public: repository and path, issue, or page title. */
  readonly source: string;
  /** `yyyy-mm-dd` or `yyyy-mm`. */
  readonly asOf: string;
}

/** A machine type with GPUs, as far as building a pool of it depends on it. */
export interface Machine extends Provenance {
  readonly machineType: string;
  /** Whether this version builds it; the others are listed so that the refusal can say why. */
  readonly buildable: boolean;
  readonly fabric: Fabric;
  readonly acceleratorType: string;
  readonly gpuCount: number;
  /** Of the whole machine, with both threads of a core where it has two; absent: not known. */
  readonly vcpus?: number;
  /** Google writes it in GB, which are GiB. */
  readonly memoryGib?: number;
  /** Disks of 375 GB each. */
  readonly localSsdCount: number;
  /** NICs beside the primary one, in the order in which the node gets them: gVNIC first, then RDMA. */
  readonly nics: { readonly gvnic: number; readonly rdma: number };
  /** First GKE version that creates nodes of it. */
  readonly minimumVersion: string;
  /** 1 switches simultaneous multithreading off. */
  readonly threadsPerCore: 1 | 2;
  /** Without a type GKE chooses the machine's default. */
  readonly bootDisk: { readonly type?: string; readonly sizeGb: number };
}

/** Which zones offer a machine. A zone that no machine lists is unknown to the table, not refused by Google. */
export interface ZoneOffers extends Provenance {
  readonly zonesByMachine: { readonly [machineType: string]: readonly string[] };
}

/** A list price, without taxes and discounts. */
export interface Price extends Provenance {
  /** A machine type, or `cluster` for the management fee. */
  readonly subject: string;
  readonly model: 'on-demand' | 'spot';
  /** Where it holds; everywhere when absent. */
  readonly region?: string;
  readonly usdPerHour: number;
  /** `official` = Google's own page; `secondary` = told by somebody else. */
  readonly confidence: 'official' | 'secondary';
}

/** Everything together, as it is handed to validation, resolution and pricing. */
export interface Catalogue {
  readonly machines: readonly Machine[];
  readonly offers: ZoneOffers;
  readonly prices: readonly Price[];
}

/** Facts of a machine type, undefined if the catalogue does not have it. */
export function machineOf(catalogue: Catalogue, machineType: string): Machine | undefined {
  return catalogue.machines.find((machine) => machine.machineType === machineType);
}

/** What a document may ask for. */
export function buildableMachineTypes(catalogue: Catalogue): readonly string[] {
  return catalogue.machines.filter((machine) => machine.buildable).map((machine) => machine.machineType);
}

/** Whether the table says that the zone offers the machine; undefined when the table does not know the zone at all. */
export function isOffered(offers: ZoneOffers, machineType: string, zone: string): boolean | undefined {
  if (offers.zonesByMachine[machineType]?.includes(zone)) return true;
  return Object.values(offers.zonesByMachine).some((zones) => zones.includes(zone)) ? false : undefined;
}
