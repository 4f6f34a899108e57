/** How the GKE world says no to a node pool's body or to the capacity that it asks for. */
import { defineRejection } from '../world/rejection.ts';

export const machineMissing = defineRejection({
  id: 'gke.machineMissing',
  code: 'INVALID_ARGUMENT',
  source: 'keras-team/kinetic #305',
  message: (machineType: string, zone: string) =>
    `Invalid machine type "${machineType}" in zone "${zone}": GCE_NOT_FOUND`,
});

export const wrongAccelerator = defineRejection({
  id: 'gke.wrongAccelerator',
  code: 'INVALID_ARGUMENT',
  source:
    'skypilot-org/skypilot #212 (the answer of Compute to a GPU that the machine type does not take; a wrong number by analogy); ' +
    'rule: page "GPU machine types" (the GPUs are part of the machine type)',
  message: (acceleratorType: string, machineType: string) =>
    `Google Compute Engine: [${acceleratorType}, ${machineType}] features are not compatible for creating instance.`,
});

export const multiNetworkingOff = defineRejection({
  id: 'gke.multiNetworkingOff',
  code: 'FAILED_PRECONDITION',
  source: 'assumed: wording; rule: page "Set up multi-network support for Pods" (enabled at cluster creation)',
  message: (cluster: string) => `Cluster "${cluster}" does not have multi-networking enabled.`,
});

export const tooManyInterfaces = defineRejection({
  id: 'gke.tooManyInterfaces',
  code: 'INVALID_ARGUMENT',
  source:
    'GoogleCloudPlatform/pubsec-declarative-toolkit #625 (the answer of Compute); numbers: page "Networking and GPU machines"',
  message: (most: number) =>
    "Google Compute Engine: Invalid value for field 'resource.networkInterfaces': ''. Too many network interfaces. " +
    `The maximum number of network interfaces allowed for this machine type is ${most}.`,
});

export const networkNotPlain = defineRejection({
  id: 'gke.networkNotPlain',
  code: 'INVALID_ARGUMENT',
  source: 'assumed: wording; that only plain names work is in GoogleCloudPlatform/k8s-config-connector #2775',
  message: (field: string, value: string) => `Invalid value for field "${field}": "${value}". Must be a resource name.`,
});

export const spotWithReservation = defineRejection({
  id: 'gke.spotWithReservation',
  code: 'INVALID_ARGUMENT',
  source:
    'elideng-sg/hypercomputer-internode-deepdive scripts/provision_tcpxo_pool.sh (flex-start), ' +
    'hashicorp/terraform-provider-google #18341 (queued pools; spot by analogy); ' +
    'GoogleCloudPlatform/cluster-toolkit #4531 (spot and queued pools need NO_RESERVATION)',
  message: (option: 'Spot' | 'Flex-start') =>
    option === 'Spot'
      ? 'Spot requires reservation affinity to be set to none.'
      : "Flex start node pools don't support reservations.",
});

export const compactWithReservation = defineRejection({
  id: 'gke.compactWithReservation',
  code: 'INVALID_ARGUMENT',
  source: 'AI-Hypercomputer/xpk #1073 and #1130 (creation fails); assumed: that the call is refused, and the wording',
  message: () => 'Compact placement cannot be combined with a specific reservation.',
});

export const spotWithFlexStart = defineRejection({
  id: 'gke.spotWithFlexStart',
  code: 'INVALID_ARGUMENT',
  source:
    'assumed: wording, like what flex-start says of reservations (gke.spotWithReservation); ' +
    'rule: page "Consumption options (AI Hypercomputer)"',
  message: () => "Flex start node pools don't support Spot VMs.",
});

export const badReservationAffinity = defineRejection({
  id: 'gke.badReservationAffinity',
  code: 'INVALID_ARGUMENT',
  source:
    'assumed: wording; rule: GoogleCloudPlatform/cluster-toolkit modules/compute/gke-node-pool/main.tf (exactly one reservation)',
  message: () =>
    'Specific reservation affinity needs key "compute.googleapis.com/reservation-name" and exactly one value.',
});

export const reservationMissing = defineRejection({
  id: 'gke.reservationMissing',
  code: 'NOT_FOUND',
  source: 'GoogleCloudPlatform/cluster-toolkit #5043',
  message: (reservation: string, pool: string, zone: string) =>
    `Google Compute Engine: reservation "${reservation}" not found for node pool "${pool}" at zone "${zone}".`,
});

export interface ReservationShortage {
  readonly reservation: string;
  readonly pool: string;
  readonly zone: string;
  readonly machineType: string;
  readonly required: number;
  readonly short: number;
}

export const reservationInsufficient = defineRejection({
  id: 'gke.reservationInsufficient',
  code: 'RESOURCE_EXHAUSTED',
  source: 'GoogleCloudPlatform/gsutil #1000',
  message: (it: ReservationShortage) =>
    `Reservation does not have enough resources for the request: specific reservation "${it.reservation}" is insufficient ` +
    `for node pool "${it.pool}" at zone "${it.zone}": required ${it.required} and short of ${it.short} VM count of machine type ` +
    `${it.machineType}.`,
});
