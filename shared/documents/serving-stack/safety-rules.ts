/** What safety cannot promise. */
import { enclosingRange, formatCidr, parseCidr } from '../../domain/cidr.ts';
import { safetyOf } from '../../domain/serving/safety-defaults.ts';
import type { StackRule } from './rule.ts';

const RANGES = 'spec.safety.networkPolicies.gatewayRanges';

/** The API server takes a range with bits behind its prefix and warns: whoever wrote it meant another one. */
const rangesAreWhole: StackRule = (stack) =>
  safetyOf(stack).networkPolicies.gatewayRanges.flatMap((value, index) => {
    if (parseCidr(value) !== undefined) return [];
    const meant = enclosingRange(value);
    const fix = meant === undefined ? 'write four numbers and a prefix' : `use ${formatCidr(meant)}`;
    return [{ field: `${RANGES}[${index}]`, value, rule: 'must be a range whose bits behind the prefix are 0', fix }];
  });

/** The whole internet is what leaving it out means, said so that nobody sees it. */
const rangesAreOfTheGateway: StackRule = (stack) =>
  safetyOf(stack).networkPolicies.gatewayRanges.flatMap((value, index) => {
    if (!value.endsWith('/0')) return [];
    const rule = 'must be the proxy-only subnet, not every address';
    return [{ field: `${RANGES}[${index}]`, value, rule, fix: 'name the subnet, or remove gatewayRanges' }];
  });

const clientsAreMoreThanAnybody: StackRule = (stack) => {
  const { clientNamespaces, gatewayRanges } = safetyOf(stack).networkPolicies;
  if (clientNamespaces.length === 0 || gatewayRanges.length > 0) return [];
  const rule = 'must be left out while anybody may send requests';
  const fix = 'add gatewayRanges, so that the others may not';
  return [{ field: 'spec.safety.networkPolicies.clientNamespaces', value: clientNamespaces, rule, fix }];
};

/** kubernetes-sigs/lws: the annotation is read on a LeaderWorkerSet; a DisaggregatedSet has a placement policy of its own. */
const groupsCanBeAlone: StackRule = (stack) => {
  const { topology } = safetyOf(stack);
  if (!topology.startsWith('exclusive-')) return [];
  const field = 'spec.safety.topology';
  if (stack.isDisaggregatedSet) {
    return [{ field, value: topology, rule: 'must be prefer or none for a DisaggregatedSet', fix: 'use prefer' }];
  }
  const single = stack.roles.filter(({ workload }) => workload !== 'LeaderWorkerSet').map(({ role }) => role);
  if (single.length === 0) return [];
  const rule = `must be prefer or none: ${single.join(' and ')} has no groups`;
  return [{ field, value: topology, rule, fix: 'use prefer, or workload: LeaderWorkerSet' }];
};

/** Kubernetes documentation, "Pod Priority and Preemption": the prefix is the system's. */
const classIsNotTheSystems: StackRule = ({ spec: { safety } }) => {
  const { className, value } = safety?.priority ?? {};
  if (className === undefined || value === undefined || !className.startsWith('system-')) return [];
  const rule = 'must not begin with system- for a class that is made';
  return [{ field: 'spec.safety.priority.className', value: className, rule, fix: 'use another name' }];
};

export const safetyRules: readonly StackRule[] = [
  rangesAreWhole,
  rangesAreOfTheGateway,
  clientsAreMoreThanAnybody,
  groupsCanBeAlone,
  classIsNotTheSystems,
];
