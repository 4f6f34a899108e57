import { describe, expect, it } from 'vitest';
import { hardwareRules } from '#shared/documents/serving-stack/hardware-rules.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

function problemsOf(spec: Partial<ServingStackSpec>) {
  const stack = makeStack(spec);
  return hardwareRules.flatMap((rule) => rule(stack)).map(({ field, rule, fix }) => ({ field, rule, fix }));
}

const twoNodes = { aggregated: { nodes: 2 } } as const;

describe('hardware', () => {
  it.each([
    { name: 'annotations for whole nodes', spec: { hardware: { machineType: 'a3-ultragpu-8g' }, roles: twoNodes } },
    {
      name: 'claims for some GPUs of a node',
      spec: { hardware: { machineType: 'a4-highgpu-8g', rdma: 'dranet' }, roles: { aggregated: { gpus: 2 } } },
    },
    { name: 'TCPXO over nodes', spec: { hardware: { machineType: 'a3-megagpu-8g' }, roles: twoNodes } },
    {
      name: 'prefill and decode on A3 Mega, where it follows',
      spec: { hardware: { machineType: 'a3-megagpu-8g' }, roles: { prefill: {}, decode: {} } },
    },
    { name: 'nothing for one GPU', spec: { hardware: { machineType: 'a3-ultragpu-8g', rdma: 'none' } } },
  ] as const)('takes $name', ({ spec }) => {
    expect(problemsOf(spec)).toEqual([]);
  });

  it.each([
    {
      name: 'annotations on A3 Mega',
      spec: { hardware: { machineType: 'a3-megagpu-8g', rdma: 'multi-network' }, roles: twoNodes },
      field: 'spec.hardware.rdma',
      rule: 'must fit a3-megagpu-8g, whose fabric is tcpxo',
      fix: 'use tcpxo or none',
    },
    {
      name: 'TCPXO on A3 Ultra',
      spec: { hardware: { machineType: 'a3-ultragpu-8g', rdma: 'tcpxo' }, roles: twoNodes },
      field: 'spec.hardware.rdma',
      rule: 'must fit a3-ultragpu-8g, whose fabric is roce',
      fix: 'use multi-network or dranet or none',
    },
    {
      name: 'several nodes of A4X',
      spec: { hardware: { machineType: 'a4x-highgpu-4g' }, roles: twoNodes },
      field: 'spec.roles.aggregated.nodes',
      rule: 'must be 1 on a4x-highgpu-4g: several nodes need a ComputeDomain for their NVLink, and NICs, of which nothing here makes either',
      fix: 'leave it out and use more replicas, or another machine',
    },
    {
      name: 'annotations for a part of a node',
      spec: {
        hardware: { machineType: 'a3-ultragpu-8g', rdma: 'multi-network' },
        roles: { prefill: { gpus: 1 }, decode: {} },
      },
      field: 'spec.hardware.rdma',
      rule: 'must not be multi-network where pods take less than the 8 GPUs of a node (prefill 1)',
      fix: 'use dranet, which gives each GPU its NIC, or leave gpus out',
    },
    {
      name: 'TCPXO where nothing crosses nodes',
      spec: { hardware: { machineType: 'a3-megagpu-8g', rdma: 'tcpxo' }, roles: { prefill: {}, decode: {} } },
      field: 'spec.hardware.rdma',
      rule: 'must not be tcpxo where no replica spans nodes: it carries NCCL alone, not the transfer between roles',
      fix: 'remove it',
    },
    {
      name: 'TCPXO for a part of a node',
      spec: { hardware: { machineType: 'a3-megagpu-8g', rdma: 'tcpxo' }, roles: { aggregated: { nodes: 2, gpus: 4 } } },
      field: 'spec.hardware.rdma',
      rule: 'must not be tcpxo where pods take less than the 8 GPUs of a node',
      fix: 'leave gpus out',
    },
    {
      name: 'the second gVNIC without annotations',
      spec: { hardware: { machineType: 'a3-ultragpu-8g', gvnic: true } },
      field: 'spec.hardware.gvnic',
      rule: 'must not be set with rdma none: it is a further network of multi-network',
      fix: 'remove it',
    },
  ] as const)('refuses $name', ({ spec, field, rule, fix }) => {
    expect(problemsOf(spec)).toEqual([{ field, rule, fix }]);
  });
});
