/** Who changes the number of replicas, where the cluster itself is to do it: exactly one scaler for each role. */
import { resolveAutoscaling } from '../../../shared/domain/serving/autoscaling-defaults.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { horizontalPodAutoscaler } from './hpa.ts';
import { scaledObject, triggerAuthentication } from './scaled-object.ts';

export function autoscaling(stack: Stack): readonly Applied[] {
  const scaling = resolveAutoscaling(stack);
  if (scaling === undefined) return [];
  if (scaling.kind === 'hpa') return stack.roles.map((role) => horizontalPodAutoscaler(stack, role, scaling));
  return [triggerAuthentication(stack), ...stack.roles.map((role) => scaledObject(stack, role, scaling))];
}
