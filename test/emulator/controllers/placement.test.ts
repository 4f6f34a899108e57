import { describe, expect, it } from 'vitest';
import { placementOn } from '../../../emulator/controllers/placement.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';

const node = {
  metadata: { name: 'n1', labels: { pool: 'gpu', 'cloud.google.com/gke-accelerator': 'nvidia-h200-141gb' } },
  spec: { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] },
};
const everywhere = { tolerations: [{ operator: 'Exists' }] };
const affinity = (...terms: JsonMap[]): JsonMap => ({
  ...everywhere,
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
});
const expression = (operator: string, ...values: string[]): JsonMap => ({
  matchExpressions: [{ key: 'pool', operator, values }],
});

describe('where a pod may start', () => {
  it.each([
    { name: 'a blanket toleration', spec: everywhere, starts: true },
    { name: 'no toleration', spec: {}, starts: false },
    {
      name: 'a toleration of the value',
      spec: { tolerations: [{ key: 'nvidia.com/gpu', value: 'present' }] },
      starts: true,
    },
    {
      name: 'a toleration of another value',
      spec: { tolerations: [{ key: 'nvidia.com/gpu', value: 'x' }] },
      starts: false,
    },
    {
      name: 'a toleration of the key',
      spec: { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }] },
      starts: true,
    },
    {
      name: 'a toleration of another effect',
      spec: { tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] },
      starts: false,
    },
    { name: 'a selector that fits', spec: { ...everywhere, nodeSelector: { pool: 'gpu' } }, starts: true },
    { name: 'a selector that does not', spec: { ...everywhere, nodeSelector: { pool: 'cpu' } }, starts: false },
    { name: 'In', spec: affinity(expression('In', 'gpu', 'other')), starts: true },
    { name: 'NotIn', spec: affinity(expression('NotIn', 'gpu')), starts: false },
    { name: 'Exists', spec: affinity(expression('Exists')), starts: true },
    { name: 'DoesNotExist', spec: affinity(expression('DoesNotExist')), starts: false },
    { name: 'one of two terms', spec: affinity(expression('In', 'cpu'), expression('In', 'gpu')), starts: true },
    { name: 'an empty term', spec: affinity({}), starts: false },
    {
      name: 'the node by name',
      spec: affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }),
      starts: true,
    },
  ])('$name: $starts', ({ spec, starts }) => {
    expect(placementOn(node, spec).mayStart).toBe(starts);
  });

  it('lets a pod stay that could not start any more', () => {
    const evicting = { ...node, spec: { taints: [{ key: 'gone', effect: 'NoExecute' }] } };

    expect(placementOn(node, {})).toEqual({ mayStart: false, mayStay: true });
    expect(placementOn(evicting, {})).toEqual({ mayStart: false, mayStay: false });
  });
});
