import { gatewayOf } from '../../domain/serving/resolve-gateway.ts';
import type { StackRule } from './rule.ts';

/** The token is in the namespace of its stack, where a monitor of the whole cluster cannot name it for each. */
const clusterScopeReadsWithoutToken: StackRule = (stack) => {
  if (stack.spec.monitoring?.scope !== 'cluster' || gatewayOf(stack)?.picker.metricsAuth !== true) return [];
  const rule = 'must be namespace where the endpoint picker asks for a token (gateway.endpointPicker.metricsAuth)';
  return [{ field: 'spec.monitoring.scope', value: 'cluster', rule, fix: 'remove one of the two' }];
};

export const monitoringRules: readonly StackRule[] = [clusterScopeReadsWithoutToken];
