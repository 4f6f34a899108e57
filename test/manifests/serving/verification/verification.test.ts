import { describe, expect, it } from 'vitest';
import { load, verification } from '#manifests/serving/verification/verification.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

const twoNodes = { roles: { aggregated: { nodes: 2 } } } as const;
const namesOf = (spec: Partial<ServingStackSpec>) =>
  verification(makeStack({ verification: {}, ...spec })).map(({ kind, metadata }) => `${kind}/${metadata.name}`);

describe('verification', () => {
  it('is not there when nothing is asked for', () => {
    expect([...verification(makeStack()), ...load(makeStack())]).toEqual([]);
  });

  it.each([
    { name: 'nodes alone of a stack inside a node', spec: {}, names: ['Job/demo-node-check'] },
    {
      name: 'the network of one over several',
      spec: twoNodes,
      names: ['Job/demo-node-check', 'Service/demo-network-check', 'Job/demo-network-check'],
    },
    {
      name: 'no network where it is not wanted',
      spec: { ...twoNodes, verification: { network: false } },
      names: ['Job/demo-node-check'],
    },
    {
      name: 'no network of a fabric that the tests do not know',
      spec: { ...twoNodes, hardware: { machineType: 'a3-megagpu-8g' } },
      names: ['Job/demo-node-check'],
    },
  ] as const)('tests $name', ({ spec, names }) => {
    expect(namesOf(spec)).toEqual(names);
  });

  it('takes whole nodes, by annotation', () => {
    const [job] = verification(makeStack({ ...twoNodes, verification: { nodes: 3 } }));

    expect(job).toMatchObject({
      spec: {
        completions: 3,
        parallelism: 3,
        backoffLimitPerIndex: 0,
        maxFailedIndexes: 3,
        template: {
          metadata: { annotations: { 'networking.gke.io/interfaces': expect.stringContaining('"rdma-7"') as string } },
          spec: {
            containers: [
              { resources: { limits: { 'nvidia.com/gpu': '8', 'networking.gke.io.networks/rdma-7': '0' } } },
            ],
          },
        },
      },
    });
  });

  it('takes whole nodes, by claims', () => {
    const shared = {
      hardware: { machineType: 'a3-ultragpu-8g', rdma: 'dranet' },
      roles: { prefill: { gpus: 1 }, decode: { gpus: 1 } },
    } as const;
    const [job] = verification(makeStack({ ...shared, verification: {} }));
    const claims = Array.from({ length: 8 }, (_, rank) => ({ name: `rank-${rank}` }));

    expect(job).toMatchObject({
      spec: { template: { spec: { resourceClaims: claims, containers: [{ resources: { claims } }] } } },
    });
    expect(JSON.stringify(job)).not.toContain('"nvidia.com/gpu":"8"');
  });

  it('sends requests at a rate to the Service of the stack, and gives up after they all had their time', () => {
    const [job] = load(makeStack({ verification: { load: { requestsPerSecond: 0.5, requests: 1000 } } }));
    const script = JSON.stringify(job);

    expect(job).toMatchObject({ spec: { activeDeadlineSeconds: 3600 + 2000 } });
    expect(script).toContain("--base-url 'http://demo-http:8000'");
    expect(script).toContain('--request-rate 0.5');
    expect(script).not.toContain('--max-concurrency');
  });
});
