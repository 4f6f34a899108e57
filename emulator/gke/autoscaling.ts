/** The bounds that a node pool gives to GKE's autoscaler. The autoscaler itself does not run in this world. */
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import {
  autoscalingBoundsMissing,
  autoscalingBoundsOfBothKinds,
  autoscalingBoundsReversed,
  autoscalingBoundsWhileOff,
  flexStartMinimum,
  flexStartNeedsAutoscaling,
  negativeSize,
} from './autoscaling-rejections.ts';
import { SETTINGS_MS } from './durations.ts';
import { flagAt, numberAt } from './read.ts';
import { poolScope } from './scopes.ts';
import type { GkeContext, PoolOfCluster } from './state.ts';

/** Bounds count for each zone or for all of them together, never both. Nothing sent is autoscaling turned off. */
export function checkAutoscaling(autoscaling: JsonMap): void {
  const perZone = { min: numberAt(autoscaling, 'minNodeCount'), max: numberAt(autoscaling, 'maxNodeCount') };
  const total = { min: numberAt(autoscaling, 'totalMinNodeCount'), max: numberAt(autoscaling, 'totalMaxNodeCount') };
  const negative = [perZone, total].flatMap(({ min, max }) => [min, max]).find((count) => count < 0);
  if (negative !== undefined) reject(negativeSize, negative);
  if (!flagAt(autoscaling, 'enabled')) {
    if (perZone.max + total.max > 0) reject(autoscalingBoundsWhileOff, total.max > 0);
    return;
  }
  if (perZone.max + perZone.min > 0 && total.max + total.min > 0) reject(autoscalingBoundsOfBothKinds);
  if (perZone.max + total.max === 0) reject(autoscalingBoundsMissing);
  const { min, max } = total.max > 0 ? total : perZone;
  if (min > max) reject(autoscalingBoundsReversed, min, max);
}

/** GKE's autoscaler makes the machines of a flex-start pool, from none, when something waits for them. */
export function checkFlexStart(spec: JsonMap, autoscaling: JsonMap): void {
  if (!flagAt(spec, 'config.flexStart')) return;
  if (!flagAt(autoscaling, 'enabled')) reject(flexStartNeedsAutoscaling);
  const min = numberAt(autoscaling, 'minNodeCount') + numberAt(autoscaling, 'totalMinNodeCount');
  if (min > 0) reject(flexStartMinimum, min);
}

/** What is sent replaces what was there; the machines stay as they are. */
export function startAutoscalingChange(
  context: GkeContext,
  { cluster, pool }: PoolOfCluster,
  autoscaling: JsonMap,
): JsonMap {
  checkAutoscaling(autoscaling);
  checkFlexStart(pool.spec, autoscaling);
  const enabled = flagAt(autoscaling, 'enabled');
  // Assumed: that the operation is of this type, and that it takes the pool and not the cluster.
  const operation = context.operations.start(poolScope(cluster, 'UPDATE_CLUSTER', pool.name));
  context.base.clock.after(SETTINGS_MS, () => {
    const { autoscaling: _, ...others } = pool.spec;
    pool.spec = enabled ? { ...others, autoscaling: structuredClone(autoscaling) } : others;
    operation.finish();
  });
  return operation.view();
}
