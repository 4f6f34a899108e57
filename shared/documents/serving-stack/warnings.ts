/** What is valid and hardly meant: its owner may know why. */
import { replicaBounds } from '../../domain/serving/autoscaling-defaults.ts';
import type { StackRule } from './rule.ts';

/** Ranks have a port each, and prefill a partner for each request: only an endpoint picker knows them (llm-d/llm-d guides/wide-ep-lws, guides/pd-disaggregation). */
const somebodyPicksEndpoints: StackRule = ({ spec, roles }) => {
  if (spec.gateway !== undefined) return [];
  const hasRanks = roles.some(({ parallelism }) => parallelism.dataPerPod > 0);
  if (roles.length === 1 && !hasRanks) return [];
  const what = roles.length > 1 ? 'prefill and decode are paired' : 'a rank of parallelism: expert is chosen';
  const rule = `${what} for each request by an endpoint picker: without one there is no way in but one of your own`;
  return [{ field: 'spec.gateway', value: undefined, rule, fix: 'add gateway: {}' }];
};

/** An autoscaler writes over what the document says, within its own bounds. */
const replicasAreTheScalers: StackRule = (stack) =>
  stack.roles.flatMap(({ role, replicas }) => {
    const min = replicaBounds(stack, role)?.min;
    if (min === undefined || replicas <= Math.max(min, 1)) return [];
    const isKeda = stack.spec.autoscaling?.kind === 'keda';
    const use = isKeda ? 'is only the fallback for when KEDA cannot measure' : 'is of no use';
    const rule = `${use}: the autoscaler decides, from minReplicas ${min}`;
    const fix = `write minReplicas: ${replicas} in spec.autoscaling, which keeps them`;
    return [{ field: `spec.roles.${role}.replicas`, value: replicas, rule, fix }];
  });

/** Whole prompts of keys and values, for each request, past the NICs of the GPUs; whoever writes `rdma: none` knows. */
const transferHasNics: StackRule = ({ rdma, spec, roles, machine }) => {
  if (roles.length === 1 || spec.hardware.rdma !== undefined || rdma === 'multi-network') return [];
  const rule = 'keys and values go from prefill to decode over TCP, which adds to the time to the first token';
  const fix =
    machine.fabric === 'roce'
      ? 'use dranet, which gives each GPU its NIC'
      : 'use a machine with RoCE, or say none if that is meant';
  return [{ field: 'spec.hardware.rdma', value: rdma, isDefault: true, rule, fix }];
};

export const stackWarnings: readonly StackRule[] = [somebodyPicksEndpoints, replicasAreTheScalers, transferHasNics];
