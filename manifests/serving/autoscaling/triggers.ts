/** What KEDA looks at for one role, by signal. */
import type { ResolvedAutoscaling } from '../../../shared/domain/serving/autoscaling-defaults.ts';
import { gatewayOf } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { PrometheusTrigger, ScalingModifiers, Trigger, WorkloadTrigger } from '../../kubernetes/keda.ts';
import { groupLabels } from '../../kubernetes/leader-worker-set.ts';
import { type Labels, roleSelector, servingSelector } from '../labels.ts';
import type { OneSeries } from '../monitoring/promql.ts';
import { guardedDemand, latencyLaw, names } from './formula.ts';
import { pressure } from './pressure.ts';
import {
  heldRequests,
  prefillBacklogSeconds,
  queuedInServers,
  readyReplicas,
  runningInServers,
  runningRequests,
  usedKvCaches,
} from './queries.ts';

export interface Signals {
  readonly triggers: readonly Trigger[];
  /** Absent: HPA divides each by its threshold and takes the largest. */
  readonly scalingModifiers?: ScalingModifiers;
}

export function signalsOf(stack: Stack, role: StackRole, scaling: ResolvedAutoscaling): Signals {
  switch (scaling.signal) {
    case 'queue':
      return queueSignals(stack, role, scaling);
    case 'slo':
      return latencySignals(stack, role);
    case 'tokens':
      return tokenSignals(stack, role, scaling);
  }
}

/** Where the picker holds requests back their queue is there, and the servers' own stays empty whatever the load; the two are never mixed. */
function queueSignals(stack: Stack, role: StackRole, { targets }: ResolvedAutoscaling): Signals {
  const inPicker = gatewayOf(stack)?.flowControl !== undefined;
  const queued = inPicker ? targets.heldRequests : targets.queuedRequests;
  const running = targets.runningRequests;
  return {
    triggers: [
      prometheus(stack, names.queue, {
        query: inPicker ? heldRequests(stack) : queuedInServers(stack, role),
        target: queued,
      }),
      prometheus(stack, names.running, {
        query: inPicker ? runningRequests(stack) : runningInServers(stack, role),
        target: running,
      }),
      ...replicaCounts(stack, role),
    ],
    scalingModifiers: guardedDemand({ queued, running }),
  };
}

/** A pressure of 1 is at the limit that was promised. */
function latencySignals(stack: Stack, role: StackRole): Signals {
  return {
    triggers: [prometheus(stack, names.pressure, { query: pressure(stack), target: 1 }), ...replicaCounts(stack, role)],
    scalingModifiers: latencyLaw(),
  };
}

/** Prefill is bound by time, decode by memory; one pod that does both by whichever is worse. */
function tokenSignals(stack: Stack, role: StackRole, { targets }: ResolvedAutoscaling): Signals {
  const backlog = () =>
    prometheus(stack, 'prefill-backlog-seconds', {
      query: prefillBacklogSeconds(stack, role),
      target: targets.prefillBacklogSeconds,
    });
  const caches = () =>
    prometheus(stack, 'kv-caches-used', { query: usedKvCaches(stack, role), target: targets.kvCacheUsedRatio });
  switch (role.role) {
    case 'prefill':
      return { triggers: [backlog()] };
    case 'decode':
      return { triggers: [caches()] };
    case 'aggregated':
      return { triggers: [backlog(), caches()] };
  }
}

/** KEDA counts the pods itself: kube-state-metrics of GKE knows Deployments only. */
function replicaCounts(stack: Stack, role: StackRole): readonly [WorkloadTrigger, PrometheusTrigger] {
  const podSelector = selectorText(replicaSelector(stack, role));
  return [
    { type: 'kubernetes-workload', name: names.replicas, metadata: { podSelector, value: '1' } },
    prometheus(stack, names.ready, { query: readyReplicas(stack, role), target: 1 }),
  ];
}

/** One pod of each replica: the leader of a group. */
function replicaSelector(stack: Stack, role: StackRole): Labels {
  const pods = { ...servingSelector(stack), ...roleSelector(stack, role) };
  return role.workload === 'LeaderWorkerSet' || stack.isDisaggregatedSet
    ? { ...pods, [groupLabels.workerIndex]: '0' }
    : pods;
}

/** As `kubectl --selector` takes it. */
function selectorText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

interface Asked {
  readonly query: OneSeries;
  /** What one replica may have. */
  readonly target: number;
}

function prometheus(stack: Stack, name: string, { query, target }: Asked): PrometheusTrigger {
  if (stack.project === undefined) throw new Error(`scaling ${stack.name} by KEDA: the project is not known`);
  return {
    type: 'prometheus',
    name,
    metricType: 'AverageValue',
    metadata: {
      serverAddress: `https://monitoring.googleapis.com/v1/projects/${stack.project}/location/global/prometheus`,
      query: query.promql,
      threshold: String(target),
      activationThreshold: '0',
      ignoreNullValues: 'false',
    },
    authenticationRef: { name: authenticationName(stack) },
  };
}

/** Of the TriggerAuthentication, by which KEDA signs in to Managed Service for Prometheus. */
export function authenticationName({ name }: Stack): string {
  return `${name}-managed-prometheus`;
}
