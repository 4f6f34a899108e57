/**
 * `pods/{name}/eviction`: a deletion that a disruption budget can refuse (kubernetes/kubernetes
 * pkg/registry/core/pod/storage/eviction.go).
 */
import type { JsonMap } from '../world/json.ts';
import { withCondition } from './binding.ts';
import { deleteOne, readBody } from './deletion.ts';
import {
  isTerminating,
  type KubernetesObject,
  mapAt,
  mapsAt,
  nameOf,
  namespaceOf,
  numberAt,
  stringsAt,
  textAt,
  textsAt,
  valueAt,
} from './objects.ts';
import { badRequest, internalError, tooManyRequests } from './rejections.ts';
import { createdReply, type EffectiveReply } from './reply.ts';
import type { ResourceRequest } from './resource-request.ts';
import { matchesAll, requirementsOf } from './selectors.ts';
import { type ClusterState, collectionOf } from './state.ts';
import { refuse, type StatusDetails } from './status.ts';
import { requireExisting } from './writes.ts';

const budgets = 'policy/poddisruptionbudgets';

export function evict(state: ClusterState, request: ResourceRequest): EffectiveReply {
  const body = readBody(request);
  if (nameOf(body) !== request.name) {
    refuse(badRequest, undefined, 'name in URL does not match name in Eviction object');
  }
  const pod = requireExisting(state, request);
  const deletion = { ...request, http: { ...request.http, body: Buffer.from(optionsOf(body)) } };
  const isDryRun = textsAt(body, 'deleteOptions', 'dryRun').length > 0;
  if (!ignoresBudgets(pod)) spendBudget(state, pod, isDryRun);
  if (!isDryRun && requiresMark(pod, body)) mark(state, request, pod);
  return { reply: createdReply, effect: deleteOne(state, deletion).effect };
}

const optionsOf = (body: JsonMap): string => JSON.stringify(mapAt(body, 'deleteOptions'));

/** The successor of the pod that a uid names is not marked: its deletion is going to be refused. */
function requiresMark(pod: KubernetesObject, body: JsonMap): boolean {
  const uid = textAt(body, 'deleteOptions', 'preconditions', 'uid');
  return !isTerminating(pod) && (uid === '' || uid === textAt(pod, 'metadata', 'uid'));
}

/** Evicting what does not serve disturbs nobody (canIgnorePDB). */
function ignoresBudgets(pod: KubernetesObject): boolean {
  return isTerminating(pod) || ['Succeeded', 'Failed', 'Pending'].includes(textAt(pod, 'status', 'phase'));
}

/** Takes one disruption from the pod's budget, or refuses. */
function spendBudget(state: ClusterState, pod: KubernetesObject, isDryRun: boolean): void {
  const matching = state.store.list(budgets, namespaceOf(pod)).filter((budget) => covers(budget, pod));
  if (matching.length > 1) {
    const text = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    refuse(internalError, undefined, text);
  }
  const [budget] = matching;
  if (budget === undefined || isUnhealthyAndSpare(pod, budget)) return;
  const status = mapAt(budget, 'status');
  if (numberAt(status, 'observedGeneration') < numberAt(budget, 'metadata', 'generation')) {
    const text = `The disruption budget ${nameOf(budget)} is still being processed by the server.`;
    refuse(tooManyRequests, { ...causeOf(text), retryAfterSeconds: 10 });
  }
  const allowed = numberAt(status, 'disruptionsAllowed');
  if (allowed <= 0) {
    const desired = numberAt(status, 'desiredHealthy');
    const healthy = numberAt(status, 'currentHealthy');
    const text = `The disruption budget ${nameOf(budget)} needs ${desired} healthy pods and has ${healthy} currently`;
    refuse(tooManyRequests, causeOf(text));
  }
  if (!isDryRun) state.store.write(budgets, spent(state, budget, pod));
}

const causeOf = (message: string): StatusDetails => ({ causes: [{ reason: 'DisruptionBudget', message }] });

/** A budget without a selector covers nothing, one with an empty selector every pod of its namespace. */
function covers(budget: KubernetesObject, pod: KubernetesObject): boolean {
  const selector = valueAt(budget, 'spec', 'selector');
  return selector !== undefined && matchesAll(requirementsOf(selector), stringsAt(pod, 'metadata', 'labels'));
}

/** An unready pod may go as long as the others are enough (unhealthyPodEvictionPolicy IfHealthyBudget), or always if so configured. */
function isUnhealthyAndSpare(pod: KubernetesObject, budget: KubernetesObject): boolean {
  const isReady = mapsAt(pod, 'status', 'conditions').some(
    (condition) => condition['type'] === 'Ready' && condition['status'] === 'True',
  );
  if (isReady) return false;
  if (textAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return true;
  const desired = numberAt(budget, 'status', 'desiredHealthy');
  return desired > 0 && numberAt(budget, 'status', 'currentHealthy') >= desired;
}

/** The budget until its controller counts again. */
function spent(state: ClusterState, budget: KubernetesObject, pod: KubernetesObject): JsonMap {
  const before = mapAt(budget, 'status');
  const disruptionsAllowed = numberAt(before, 'disruptionsAllowed') - 1;
  const disruptedPods = { ...mapAt(before, 'disruptedPods'), [nameOf(pod)]: state.now() };
  const status = { ...before, disruptedPods, disruptionsAllowed };
  if (disruptionsAllowed > 0) return { ...budget, status };
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    observedGeneration: before['observedGeneration'],
    lastTransitionTime: state.now(),
    reason: 'InsufficientPods',
    message: '',
  };
  return { ...budget, status: withCondition(status, condition) };
}

/** The pod says why it goes. */
function mark(state: ClusterState, request: ResourceRequest, pod: KubernetesObject): void {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: state.now(),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const status = withCondition(mapAt(pod, 'status'), condition);
  state.store.write(collectionOf(request.kind), { ...pod, status });
}
