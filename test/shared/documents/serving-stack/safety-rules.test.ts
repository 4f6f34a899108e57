import { describe, expect, it } from 'vitest';
import { safetyRules } from '#shared/documents/serving-stack/safety-rules.ts';
import type { StackRoles } from '#shared/domain/serving/roles.ts';
import type { Safety } from '#shared/domain/serving/safety.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

const groups: StackRoles = { prefill: { nodes: 2 }, decode: { nodes: 2 } };

function problemsOf(safety: Safety, roles: StackRoles = groups) {
  const stack = makeStack({ safety, roles });
  return safetyRules.flatMap((rule) => rule(stack)).map(({ field, fix }) => ({ field, fix }));
}

describe('safety', () => {
  it.each([
    { name: 'nothing', safety: {} },
    { name: 'the proxy-only subnet', safety: { networkPolicies: { gatewayRanges: ['10.10.0.0/23'] } } },
    {
      name: 'clients beside it',
      safety: { networkPolicies: { gatewayRanges: ['10.10.0.0/23'], clientNamespaces: ['chat'] } },
    },
    { name: 'groups that are alone', safety: { topology: 'exclusive-block' } },
    { name: "a class of the system's that is there", safety: { priority: { className: 'system-node-critical' } } },
  ] as const)('takes $name', ({ safety }) => {
    expect(problemsOf(safety)).toEqual([]);
  });

  it.each([
    {
      name: 'a range with bits behind its prefix',
      safety: { networkPolicies: { gatewayRanges: ['10.10.1.0/23'] } },
      field: 'spec.safety.networkPolicies.gatewayRanges[0]',
      fix: 'use 10.10.0.0/23',
    },
    {
      name: 'a range that is none',
      safety: { networkPolicies: { gatewayRanges: ['10.256.0.0/16'] } },
      field: 'spec.safety.networkPolicies.gatewayRanges[0]',
      fix: 'write four numbers and a prefix',
    },
    {
      name: 'every address',
      safety: { networkPolicies: { gatewayRanges: ['0.0.0.0/0'] } },
      field: 'spec.safety.networkPolicies.gatewayRanges[0]',
      fix: 'name the subnet, or remove gatewayRanges',
    },
    {
      name: 'clients where anybody is one',
      safety: { networkPolicies: { clientNamespaces: ['chat'] } },
      field: 'spec.safety.networkPolicies.clientNamespaces',
      fix: 'add gatewayRanges, so that the others may not',
    },
    {
      name: "a class of the system's that is to be made",
      safety: { priority: { className: 'system-mine', value: 1 } },
      field: 'spec.safety.priority.className',
      fix: 'use another name',
    },
  ] as const)('refuses $name', ({ safety, field, fix }) => {
    expect(problemsOf(safety)).toEqual([{ field, fix }]);
  });

  it.each([
    { roles: { prefill: {}, decode: { nodes: 2 } }, fix: 'use prefer, or workload: LeaderWorkerSet' },
    { roles: { ...groups, workload: 'DisaggregatedSet' }, fix: 'use prefer' },
  ] as const)('refuses groups that are alone where there are none: $fix', ({ roles, fix }) => {
    expect(problemsOf({ topology: 'exclusive-block' }, roles)).toEqual([{ field: 'spec.safety.topology', fix }]);
  });
});
