import type { JsonMap } from '../world/json.ts';

/** What a zone has to offer. Machine types and network profiles are separate facts: a zone may have one without the other. */
export interface ZoneFacts {
  readonly name: string;
  readonly machineTypes: readonly string[];
  /** Kinds of RDMA network profile; the profile's name is `<zone>-<kind>`. */
  readonly networkProfiles: readonly 'vpc-roce'[];
}

export interface MachineTypeFacts {
  readonly guestCpus: number;
  readonly memoryGib: number;
  /** Part of a core for each vCPU. */
  readonly isSharedCpu?: true;
  readonly accelerator?: { readonly type: string; readonly count: number };
  /** Local SSD partitions of 375 GB that come with the machine. */
  readonly localSsdCount?: number;
}

export interface ReservationFacts {
  readonly name: string;
  readonly zone: string;
  readonly machineType: string;
  readonly count: number;
  readonly inUseCount: number;
  readonly status: 'CREATING' | 'READY' | 'DELETING' | 'UPDATING';
  readonly specificReservationRequired: boolean;
}

/** What the cloud offers before anybody has created anything. */
export interface ComputeFacts {
  readonly zones: readonly ZoneFacts[];
  readonly machineTypes: Readonly<Record<string, MachineTypeFacts>>;
  readonly reservations: readonly ReservationFacts[];
}

/**
 * vCPUs and memory: machine type tables of Google's documentation ("General-purpose machine family", "GPU machine types"),
 * the same numbers in `machinetyperegion.csv` of Cyclenerd/google-cloud-pricing-cost-calculator.
 */
const machineTypes: ComputeFacts['machineTypes'] = {
  'e2-medium': { guestCpus: 2, memoryGib: 4, isSharedCpu: true },
  'e2-standard-4': { guestCpus: 4, memoryGib: 16 },
  'e2-standard-8': { guestCpus: 8, memoryGib: 32 },
  'e2-standard-16': { guestCpus: 16, memoryGib: 64 },
  'a3-megagpu-8g': {
    guestCpus: 208,
    memoryGib: 1872,
    accelerator: { type: 'nvidia-h100-mega-80gb', count: 8 },
    localSsdCount: 16,
  },
  'a3-ultragpu-8g': {
    guestCpus: 224,
    memoryGib: 2952,
    accelerator: { type: 'nvidia-h200-141gb', count: 8 },
    localSsdCount: 32,
  },
  'a4-highgpu-8g': {
    guestCpus: 224,
    memoryGib: 3968,
    accelerator: { type: 'nvidia-b200', count: 8 },
    localSsdCount: 32,
  },
};

/** GKE takes e2-medium where nothing is asked for (comment of `NodeConfig.machine_type` in google/container/v1/cluster_service.proto). */
const everywhere = ['e2-medium', 'e2-standard-4', 'e2-standard-8', 'e2-standard-16'] as const;

/**
 * Zones of the GPU machine types: `catalogs/v8/gcp/vms.csv` of skypilot-org/skypilot-catalog. Zones of the RoCE profile:
 * Google documentation, "RDMA RoCE network profile", supported zones (2025), which names us-central1-a, us-central1-b and
 * europe-west1-b. The reservation is our own: four A3 Ultra machines, what the pool of the sample document may grow to.
 */
export const defaultComputeFacts: ComputeFacts = {
  zones: [
    { name: 'us-central1-a', machineTypes: [...everywhere, 'a3-megagpu-8g'], networkProfiles: ['vpc-roce'] },
    {
      name: 'us-central1-b',
      machineTypes: [...everywhere, 'a3-megagpu-8g', 'a3-ultragpu-8g', 'a4-highgpu-8g'],
      networkProfiles: ['vpc-roce'],
    },
    { name: 'us-central1-c', machineTypes: [...everywhere, 'a3-megagpu-8g'], networkProfiles: [] },
    { name: 'us-central1-f', machineTypes: everywhere, networkProfiles: [] },
    {
      name: 'europe-west1-b',
      machineTypes: [...everywhere, 'a3-megagpu-8g', 'a3-ultragpu-8g'],
      networkProfiles: ['vpc-roce'],
    },
    { name: 'europe-west1-c', machineTypes: [...everywhere, 'a3-megagpu-8g'], networkProfiles: [] },
    { name: 'europe-west1-d', machineTypes: everywhere, networkProfiles: [] },
  ],
  machineTypes,
  reservations: [
    {
      name: 'h200-res',
      zone: 'us-central1-b',
      machineType: 'a3-ultragpu-8g',
      count: 4,
      inUseCount: 0,
      status: 'READY',
      specificReservationRequired: true,
    },
  ],
};

/**
 * What a RoCE network allows. Rules: Google documentation, "RDMA network profiles" (MRDMA interfaces only, several in one
 * network) and "Cloud NGFW for RoCE VPC networks" (no VPC firewall rules; regional policies of type RDMA_ROCE_POLICY).
 * That Cloud Router, Cloud NAT and peering are blocked is assumed: the page says that unsupported features are refused, its
 * table could not be read. A feature that is not listed here is unknown to us and not enforced.
 */
export const roceFeatures: JsonMap = {
  interfaceTypes: ['MRDMA'],
  subnetPurposes: ['SUBNET_PURPOSE_PRIVATE'],
  subnetStackTypes: ['SUBNET_STACK_TYPE_IPV4_ONLY'],
  subnetworkPurposes: ['PRIVATE'],
  subnetworkStackTypes: ['IPV4_ONLY'],
  firewallPolicyTypes: ['RDMA_ROCE_POLICY'],
  allowAutoModeSubnet: 'AUTO_MODE_SUBNET_BLOCKED',
  allowMultiNicInSameNetwork: 'MULTI_NIC_IN_SAME_NETWORK_ALLOWED',
  allowSubnetworkCreation: 'SUBNETWORK_CREATION_ALLOWED',
  allowDefaultNicAttachment: 'DEFAULT_NIC_ATTACHMENT_BLOCKED',
  allowVpcFirewallRules: 'VPC_FIREWALL_RULES_BLOCKED',
  allowFirewallPolicy: 'FIREWALL_POLICY_ALLOWED',
  allowCloudRouter: 'CLOUD_ROUTER_BLOCKED',
  allowCloudNat: 'CLOUD_NAT_BLOCKED',
  allowVpcPeering: 'VPC_PEERING_BLOCKED',
};
