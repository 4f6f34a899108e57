import { describe, expect, it } from 'vitest';
import { startupRules } from '#shared/documents/serving-stack/startup-rules.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

function problemsOf(spec: Partial<ServingStackSpec>) {
  const stack = makeStack(spec);
  return startupRules.flatMap((rule) => rule(stack)).map(({ field, fix }) => ({ field, fix }));
}

const sleep = { weightsGib: 64, trustEveryClient: true } as const;
const guarded = { networkPolicies: { gatewayRanges: ['10.10.0.0/23'] } };

describe('startup', () => {
  it.each([
    { name: 'nothing', spec: {} },
    { name: 'an image disk of the project', spec: { project: 'acme', startup: { imageDisk: { image: 'vllm' } } } },
    {
      name: 'an image disk of another project',
      spec: { startup: { imageDisk: { image: 'vllm', project: 'images' } } },
    },
    { name: 'sleep that only the gateway reaches', spec: { gateway: {}, startup: { sleep }, safety: guarded } },
  ] as const)('takes $name', ({ spec }) => {
    expect(problemsOf(spec)).toEqual([]);
  });

  it.each([
    {
      name: 'an image disk of nowhere',
      spec: { startup: { imageDisk: { image: 'vllm' } } },
      field: 'spec.startup.imageDisk.project',
      fix: 'name the project of the disk image',
    },
    {
      name: 'an image disk for a pool that is there',
      spec: {
        project: 'acme',
        hardware: { machineType: 'a3-ultragpu-8g', nodePool: 'h200' },
        startup: { imageDisk: { image: 'vllm' } },
      },
      field: 'spec.startup.imageDisk',
      fix: 'remove it, and create the pool with --secondary-boot-disk',
    },
    {
      name: 'sleep behind a gateway of the internet',
      spec: { gateway: { className: 'gke-l7-regional-external-managed' }, startup: { sleep }, safety: guarded },
      field: 'spec.startup.sleep',
      fix: 'use gke-l7-rilb, or remove sleep',
    },
    {
      name: 'sleep that anybody reaches',
      spec: { gateway: {}, startup: { sleep } },
      field: 'spec.startup.sleep',
      fix: 'name the proxy-only subnet in spec.safety.networkPolicies.gatewayRanges, or remove sleep',
    },
    {
      name: 'sleep without policies',
      spec: { startup: { sleep }, safety: { networkPolicies: { ...guarded.networkPolicies, enabled: false } } },
      field: 'spec.startup.sleep',
      fix: 'name the proxy-only subnet in spec.safety.networkPolicies.gatewayRanges, or remove sleep',
    },
  ] as const)('refuses $name', ({ spec, field, fix }) => {
    expect(problemsOf(spec)).toEqual([{ field, fix }]);
  });
});
