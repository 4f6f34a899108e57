/** How fast replicas come and go. Every figure from the guide whose signal it goes with. */
import type { V2HorizontalPodAutoscalerBehavior } from '@kubernetes/client-node';
import type { ResolvedAutoscaling } from '../../../shared/domain/serving/autoscaling-defaults.ts';
import type { Wire } from '../../kubernetes/wire.ts';

type Behavior = Wire<V2HorizontalPodAutoscalerBehavior>;

/** What KEDA's formula holds back needs no waiting: it counts replicas that start already (llm-d/llm-d guides/workload-autoscaling/keda-epp, queue-guard). */
const guarded: Behavior = {
  scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
};

/** The same without such a formula: a queue stands until the replicas that it called have loaded their model. */
const unguarded: Behavior = {
  ...guarded,
  scaleUp: { stabilizationWindowSeconds: 300, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
};

/** llm-d/llm-d guides/workload-autoscaling/README.slo-aware.md. */
const sloAware: Behavior = {
  scaleUp: {
    stabilizationWindowSeconds: 30,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 60 },
      { type: 'Pods', value: 4, periodSeconds: 60 },
    ],
  },
  scaleDown: { stabilizationWindowSeconds: 180, policies: [{ type: 'Pods', value: 1, periodSeconds: 120 }] },
};

/** llm-d/llm-d guides/workload-autoscaling/keda-epp-token-aware: weights take minutes to load, so a burst of seconds buys nothing. */
const tokenAware: Behavior = {
  scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 1, periodSeconds: 180 }] },
  scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Pods', value: 1, periodSeconds: 300 }] },
};

const behaviors: { readonly [S in ResolvedAutoscaling['signal']]: Behavior } = {
  queue: guarded,
  slo: sloAware,
  tokens: tokenAware,
};

export function behaviorOf({ kind, signal }: ResolvedAutoscaling): Behavior {
  return kind === 'hpa' ? unguarded : behaviors[signal];
}
