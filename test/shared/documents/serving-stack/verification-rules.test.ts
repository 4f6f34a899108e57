import { describe, expect, it } from 'vitest';
import { monitoringRules } from '#shared/documents/serving-stack/monitoring-rules.ts';
import { verificationRules } from '#shared/documents/serving-stack/verification-rules.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

const load = { requestsPerSecond: 1 } as const;

function fieldsOf(spec: Partial<ServingStackSpec>, name = 'demo'): readonly string[] {
  const stack = { ...makeStack(spec), name };
  return [...monitoringRules, ...verificationRules].flatMap((rule) => rule(stack)).map(({ field }) => field);
}

describe('verification and monitoring', () => {
  it.each([
    { name: 'nothing', spec: {} },
    { name: 'load on the Service of a stack', spec: { verification: { load } } },
    { name: 'load on an address', spec: { gateway: {}, verification: { load: { ...load, url: 'http://10.0.0.5' } } } },
    {
      name: 'the network of nodes with RDMA',
      spec: { roles: { aggregated: { nodes: 2 } }, verification: { network: true } },
    },
    { name: 'the longest name', spec: { verification: {} }, stackName: 'a'.repeat(47) },
    {
      name: 'a picker that asks for a token',
      spec: { gateway: { endpointPicker: { metricsAuth: true } }, monitoring: {} },
    },
  ] as const)('take $name', ({ spec, ...rest }) => {
    expect(fieldsOf(spec, 'stackName' in rest ? rest.stackName : undefined)).toEqual([]);
  });

  it.each([
    {
      name: 'load on a gateway without its address',
      spec: { gateway: {}, verification: { load } },
      field: 'spec.verification.load.url',
    },
    {
      name: 'load on ranks, of which a Service would reach one',
      spec: { roles: { aggregated: { parallelism: 'expert' } }, verification: { load } },
      field: 'spec.verification.load.url',
    },
    {
      name: 'the network of pods without NICs',
      spec: { verification: { network: true } },
      field: 'spec.verification.network',
    },
    {
      name: 'the network of a fabric with its own test',
      spec: {
        hardware: { machineType: 'a3-megagpu-8g' },
        roles: { aggregated: { nodes: 2 } },
        verification: { network: true },
      },
      field: 'spec.verification.network',
    },
    {
      name: 'a name that is no host name',
      spec: { verification: {} },
      stackName: 'a'.repeat(48),
      field: 'metadata.name',
    },
    {
      name: 'a token for the whole cluster',
      spec: { gateway: { endpointPicker: { metricsAuth: true } }, monitoring: { scope: 'cluster' } },
      field: 'spec.monitoring.scope',
    },
  ] as const)('refuse $name', ({ spec, field, ...rest }) => {
    expect(fieldsOf(spec, 'stackName' in rest ? rest.stackName : undefined)).toEqual([field]);
  });
});
