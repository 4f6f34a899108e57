import { describe, expect, it } from 'vitest';
import { allocatableOf, conditionOf, hasCondition, labelOf, NODE_POOL_LABEL } from '#shared/domain/kubernetes-facts.ts';

const node = {
  metadata: { labels: { [NODE_POOL_LABEL]: 'h200' } },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'MemoryPressure', status: 'Unknown' },
    ],
    allocatable: { 'nvidia.com/gpu': '8', memory: '2Gi' },
  },
};

describe('labels', () => {
  it('are read by names that contain dots', () => {
    expect([labelOf(node, NODE_POOL_LABEL), labelOf(node, 'zone'), labelOf(undefined, 'zone')]).toEqual([
      'h200',
      undefined,
      undefined,
    ]);
  });
});

describe('conditions', () => {
  it.each([
    { type: 'Ready', expected: true },
    { type: 'MemoryPressure', expected: false },
    { type: 'DiskPressure', expected: false },
  ])('$type holds: $expected', ({ type, expected }) => {
    expect(hasCondition(node, type)).toBe(expected);
  });

  it('are found by type', () => {
    expect(conditionOf(node, 'MemoryPressure')).toEqual({ type: 'MemoryPressure', status: 'Unknown' });
  });
});

describe('allocatable', () => {
  it.each([
    { resource: 'nvidia.com/gpu', expected: 8 },
    { resource: 'networking.gke.io.networks/rdma-0', expected: 0 },
    { resource: 'memory', expected: 0 },
  ])('$resource is $expected', ({ resource, expected }) => {
    expect(allocatableOf(node, resource)).toBe(expected);
  });
});
