/** `scale-replicas`: one `ModelService` document → prefill and decode at the size that their load needs. */
import type { Automation } from '#shared/automation.ts';
import { DEMAND_AUTOMATION } from '#shared/domain/pool-names.ts';
import { apply } from './apply.ts';
import { plan } from './plan.ts';
import type { ScaleReplicasPorts } from './ports.ts';
import type { Observed, ScaleStep } from './steps.ts';
import { observeCluster, planWithoutCluster, type WithoutCluster } from './without-cluster.ts';

export const scaleReplicas: Automation<Observed | WithoutCluster, ScaleStep, ScaleReplicasPorts> = {
  name: DEMAND_AUTOMATION,
  observe: observeCluster,
  plan: (subject, observed) =>
    'clusterGone' in observed ? planWithoutCluster(subject, observed) : plan(subject, observed),
  apply,
};
