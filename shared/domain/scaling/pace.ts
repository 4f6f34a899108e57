/** Our words for how fast a size may change, as the autoscaler's own. */
import type { ScalingPace } from '../model-service.ts';
import type { Behavior, ScalingPolicy, ScalingRules } from './hpa-behavior.ts';
import type { ServiceSettings } from './types.ts';

/** More replicas than any cluster has: a policy that limits nothing. */
const UNLIMITED_REPLICAS = 1_000_000;

/** `behavior` of an autoscaler with the same paces, for both directions. */
export function behaviorOf({ up, down }: Pick<ServiceSettings, 'up' | 'down'>): Behavior {
  return { up: rulesOf(up), down: rulesOf(down) };
}

/** Where both rates are given the larger change is allowed; where none is, any. */
function rulesOf(pace: ScalingPace): ScalingRules {
  const { stabilizationSeconds, periodSeconds, maxReplicasPerPeriod, maxPercentPerPeriod } = pace;
  const policies: ScalingPolicy[] = [];
  if (maxReplicasPerPeriod !== undefined) policies.push({ type: 'Pods', value: maxReplicasPerPeriod, periodSeconds });
  if (maxPercentPerPeriod !== undefined) policies.push({ type: 'Percent', value: maxPercentPerPeriod, periodSeconds });
  if (policies.length === 0) policies.push({ type: 'Pods', value: UNLIMITED_REPLICAS, periodSeconds });
  return { stabilizationWindowSeconds: stabilizationSeconds, selectPolicy: 'Max', policies };
}
