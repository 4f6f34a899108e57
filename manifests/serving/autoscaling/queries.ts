/**
 * What KEDA asks Managed Prometheus. Of the whole project, so cluster and namespace are in every query; one series each, and no series is an
 * error: an autoscaler that takes silence for idleness takes replicas away when monitoring breaks.
 */
import { gatewayOf } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { ofRole, ofStack, pickerMetrics, serverMetrics } from '../monitoring/metrics.ts';
import {
  aggregate,
  dividedBy,
  firstOf,
  intersection,
  type Matchers,
  type OneSeries,
  relabelled,
  select,
  type Vector,
  zeroWhile,
} from '../monitoring/promql.ts';

/** Requests that the picker holds. Of a flow that never had to wait it has no series: that is a zero only while the picker is heard. */
export function heldRequests(stack: Stack): OneSeries {
  return whilePicker(stack, aggregate('sum', ofPicker(stack, pickerMetrics.held)));
}

/** Requests between arrival and last token, as the picker counts them. */
export function runningRequests(stack: Stack): OneSeries {
  return whilePicker(stack, aggregate('sum', ofPicker(stack, pickerMetrics.running)));
}

/** Requests that wait in the servers for capacity; those that wait for keys and values do not. Older versions do not tell them apart. */
export function queuedInServers(stack: Stack, role: StackRole): OneSeries {
  const byReason = ofServers(stack, role, serverMetrics.waitingByReason, { reason: 'capacity' });
  return firstOf(aggregate('sum', byReason), aggregate('sum', ofServers(stack, role, serverMetrics.waiting)));
}

export function runningInServers(stack: Stack, role: StackRole): OneSeries {
  return aggregate('sum', ofServers(stack, role, serverMetrics.running));
}

/**
 * Used KV caches of replicas: 2.4 is as much as 2.4 full ones. A sum, not a mean: HPA divides it by the target, so it has to grow with the
 * replicas. Ranks of a replica have a cache each.
 */
export function usedKvCaches(stack: Stack, role: StackRole): OneSeries {
  return dividedBy(aggregate('sum', ofServers(stack, role, serverMetrics.kvCacheUsedRatio)), serversPerReplica(role));
}

/** Seconds that one replica would need for all prompt tokens of the role that are not prefilled yet. */
export function prefillBacklogSeconds(stack: Stack, role: StackRole): OneSeries {
  const perEndpoint = stack.spec.gateway?.peakPrefillTokensPerSecond;
  if (perEndpoint === undefined) throw new Error(`scaling ${role.name} by tokens: the peak of prefill is not known`);
  const tokens = aggregate('sum', liveTokens(stack, role));
  return whilePicker(stack, dividedBy(tokens, perEndpoint * serversPerReplica(role)));
}

/**
 * Up to version 0.10.0 the picker keeps the last figure of an endpoint that is gone (llm-d/llm-d-router issue 2529), and the sum never
 * falls. Queues of endpoints are made anew at each scrape, so only what has one counts.
 */
function liveTokens(stack: Stack, role: StackRole): Vector {
  const tokens = ofPicker(stack, pickerMetrics.inflightTokens, {
    producer_name: 'inflight-load-producer',
    endpoint_name: { matches: podNames(stack, role) },
  });
  const queues = ofPicker(stack, pickerMetrics.endpointQueue);
  const by = 'live_endpoint';
  return intersection(
    by,
    relabelled(tokens, { from: 'endpoint_name', to: by }),
    relabelled(queues, { from: 'model_server_endpoint', to: by }),
  );
}

/**
 * The picker says no more of an endpoint than the pod it is of. A DisaggregatedSet names its pods after slice and revision as well:
 * `<set>-0-5f6d9c-prefill-0` (kubernetes-sigs/lws pkg/utils/disaggregatedset/utils.go).
 */
function podNames({ name, isDisaggregatedSet }: Stack, role: StackRole): string {
  return isDisaggregatedSet ? `${escaped(name)}-[0-9]+-[^-]+-${role.role}-.*` : `${escaped(role.name)}-.*`;
}

/** Replicas that answer. A pod of ranks is as many endpoints. A picker that stands by counts the same ones, so they are not added up. */
export function readyReplicas(stack: Stack, role: StackRole): OneSeries {
  const found =
    gatewayOf(stack) !== undefined && stack.roles.length === 1
      ? aggregate('max', ofPicker(stack, pickerMetrics.readyEndpoints))
      : aggregate('count', ofServers(stack, role, serverMetrics.running));
  return dividedBy(found, serversPerReplica(role));
}

/** Processes with metrics of their own: one, or each rank of each pod. */
function serversPerReplica({ nodes, parallelism }: StackRole): number {
  return parallelism.dataPerPod === 0 ? 1 : nodes * parallelism.dataPerPod;
}

function whilePicker(stack: Stack, query: OneSeries): OneSeries {
  return firstOf(query, zeroWhile(aggregate('sum', ofPicker(stack, pickerMetrics.readyEndpoints))));
}

function ofPicker(stack: Stack, metric: string, more: Matchers = {}): Vector {
  return select(metric, { ...place(stack), ...ofStack(stack), ...more });
}

function ofServers(stack: Stack, { role }: StackRole, metric: string, more: Matchers = {}): Vector {
  return select(metric, { ...place(stack), ...ofRole(stack, role), ...more });
}

/** Where the stack is: without it another cluster's or namespace's stack of the same name would be counted too. */
export function place({ namespace, spec }: Stack): Matchers {
  const cluster = spec.autoscaling?.cluster;
  return { ...(cluster !== undefined && { cluster }), namespace };
}

/** A name of Kubernetes has no other sign of regular expressions than the dot. */
function escaped(name: string): string {
  return name.replaceAll('.', String.raw`\.`);
}
