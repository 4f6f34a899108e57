/** Nodes, pods and pools as the services show them. */
import type { JsonObject } from '#shared/domain/json.ts';

export const group = { project: 'demo', zone: 'us-central1-b', name: 'gke-demo-h200-97da88a9-grp' };
const url = `https://www.googleapis.com/compute/v1/projects/demo/zones/us-central1-b/instanceGroupManagers/${group.name}`;

export function makeGkePool(over: JsonObject = {}): JsonObject {
  return {
    name: 'h200',
    status: 'RUNNING',
    locations: ['us-central1-b'],
    instanceGroupUrls: [url],
    config: {
      machineType: 'a3-ultragpu-8g',
      accelerators: [{ acceleratorCount: '8', acceleratorType: 'nvidia-h200-141gb' }],
      reservationAffinity: { consumeReservationType: 'SPECIFIC_RESERVATION', values: ['h200-res'] },
    },
    ...over,
  };
}

export interface PodChanges {
  readonly node?: string;
  readonly gpus?: number;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly labels?: JsonObject;
  readonly annotations?: JsonObject;
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
}

export function makePodObject(name: string, changes: PodChanges = {}): JsonObject {
  const { node = 'n1', gpus = 8, owner = { kind: 'ReplicaSet', name: 'llama-1' }, labels, annotations } = changes;
  return {
    metadata: {
      namespace: 'serving',
      name,
      uid: `uid-${name}`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(owner.kind !== '' && { ownerReferences: [{ ...owner, controller: true }] }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
      ...changes.metadata,
    },
    spec: {
      ...(node !== '' && { nodeName: node }),
      containers: [{ name: 'vllm', resources: { limits: gpus === 0 ? {} : { 'nvidia.com/gpu': String(gpus) } } }],
      ...changes.spec,
    },
    ...(changes.status !== undefined && { status: changes.status }),
  };
}
