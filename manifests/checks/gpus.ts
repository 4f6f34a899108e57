/** How many GPUs a container gets, from the device plugin or from claims. */
import { type CheckedSet, shareNamespace } from './checked-set.ts';
import type { Container } from './container.ts';
import { at, isThere, itemsOf, numberOf, type Place, textOf } from './place.ts';
import { quantityOf } from './quantity.ts';

const EXTENDED_RESOURCES = ['nvidia.com/gpu', 'amd.com/gpu'] as const;

/** Of the device plugin; undefined: none is asked for. */
export function pluginGpus({
  place,
}: Pick<Container, 'place'>): { readonly at: Place; readonly count: number } | undefined {
  for (const resource of EXTENDED_RESOURCES) {
    for (const kind of ['limits', 'requests']) {
      const amount = at(place, 'resources', kind, resource);
      const count = quantityOf(amount.value);
      if (count !== undefined) return { at: amount, count };
    }
  }
  return undefined;
}

/** One request of a claim for devices. */
export interface DeviceRequest {
  readonly deviceClass: string;
  /** Undefined: all of the node. */
  readonly count: number | undefined;
}

/** What the claims of the container ask for; undefined: a template is not in the set, so nobody knows. */
export function claimedDevices(set: CheckedSet, container: Container): readonly DeviceRequest[] | undefined {
  const names = itemsOf(at(container.place, 'resources', 'claims')).map((claim) => textOf(at(claim, 'name')));
  const podClaims = itemsOf(at(container.pod.spec, 'resourceClaims'));
  const requests = names.map((name) => {
    const claim = podClaims.find((candidate) => textOf(at(candidate, 'name')) === name);
    return claim === undefined ? undefined : requestsOf(set, container, claim);
  });
  return requests.every((found) => found !== undefined) ? requests.flat() : undefined;
}

function requestsOf(set: CheckedSet, { pod }: Container, claim: Place): readonly DeviceRequest[] | undefined {
  const name = textOf(at(claim, 'resourceClaimTemplateName'));
  const template = set.objects.find(
    (object) => object.kind === 'ResourceClaimTemplate' && object.name === name && shareNamespace(object, pod.object),
  );
  if (template === undefined) return undefined;
  return itemsOf(at(template.place, 'spec', 'spec', 'devices', 'requests')).map((request) => {
    // v1beta1 has no `exactly` in between (Kubernetes documentation, "Dynamic Resource Allocation").
    const exact = isThere(at(request, 'exactly')) ? at(request, 'exactly') : request;
    const isAll = textOf(at(exact, 'allocationMode')) === 'All';
    return {
      deviceClass: textOf(at(exact, 'deviceClassName')) ?? '',
      count: isAll ? undefined : (numberOf(at(exact, 'count')) ?? 1),
    };
  });
}

export function isGpuClass({ deviceClass }: DeviceRequest): boolean {
  return deviceClass.startsWith('gpu.');
}

/** mrdma.google.com of managed DRANET; dra.net and dranet of the open one. */
export function isRdmaClass({ deviceClass }: DeviceRequest): boolean {
  return /rdma|^dra\.?net\b/.test(deviceClass);
}

/** GPUs by either way; undefined: unknown, or none. */
export function gpuCount(set: CheckedSet, container: Container): number | undefined {
  const plugin = pluginGpus(container);
  if (plugin !== undefined) return plugin.count;
  const claimed = claimedDevices(set, container)?.filter(isGpuClass) ?? [];
  const counts = claimed.map(({ count }) => count);
  if (counts.length === 0 || counts.includes(undefined)) return undefined;
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
