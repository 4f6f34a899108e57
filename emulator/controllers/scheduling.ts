/** Which node a pod goes to, and why it goes to none: the filters and the score of kube-scheduler that matter here. */
import { type KubernetesObject, mapsAt, textAt, valueAt } from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';
import { fitsNodeChoice, tolerates } from './placement.ts';
import type { Resources } from './quantities.ts';

/** A node as the scheduler sees it. */
export interface NodeRoom {
  readonly name: string;
  readonly node: KubernetesObject;
  readonly allocatable: Resources;
  /** Requests of the pods that are bound to it, terminating ones included. */
  readonly used: Resources;
  readonly podCount: number;
}

/** What of a pod decides where it can go. */
export interface PodDemand {
  readonly spec: JsonMap;
  readonly requests: Resources;
}

/** Taints with this effect only make a node less liked. */
const soft = 'PreferNoSchedule';
const unschedulableTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/**
 * Why the pod cannot go there: the reasons of the first filter that refuses, in the order and words of pkg/scheduler/framework/plugins
 * of kubernetes/kubernetes 1.33. None: it fits.
 */
export function refusals(room: NodeRoom, { spec, requests }: PodDemand): readonly string[] {
  const tolerations = mapsAt(spec, 'tolerations');
  const isTolerated = (taint: JsonMap): boolean => tolerations.some((one) => tolerates(one, taint));
  if (valueAt(room.node, 'spec', 'unschedulable') === true && !isTolerated(unschedulableTaint)) {
    return ['node(s) were unschedulable'];
  }
  const taint = mapsAt(room.node, 'spec', 'taints').find((one) => one['effect'] !== soft && !isTolerated(one));
  if (taint !== undefined) {
    return [`node(s) had untolerated taint {${textAt(taint, 'key')}: ${textAt(taint, 'value')}}`];
  }
  if (!fitsNodeChoice(room.node, spec)) return ["node(s) didn't match Pod's node affinity/selector"];
  return shortages(room, requests);
}

/** Every resource that is too little, at once. */
function shortages({ allocatable, used, podCount }: NodeRoom, requests: Resources): readonly string[] {
  // Amounts are sums of decimal fractions: a billionth of a core is no shortage.
  const isShort = ([name, wanted]: readonly [string, number]): boolean =>
    wanted > (allocatable.get(name) ?? 0) - (used.get(name) ?? 0) + 1e-9;
  const short = [...requests].filter(isShort).map(([name]) => `Insufficient ${name}`);
  return podCount + 1 > (allocatable.get('pods') ?? 0) ? ['Too many pods', ...short] : short;
}

/** What the scheduler assumes of a pod that requests nothing (pkg/scheduler/util/pod_resources.go): 0.1 core and 200 MB. */
const assumedRequests: Resources = new Map([
  ['cpu', 0.1],
  ['memory', 200 * 2 ** 20],
]);

/** NodeResourcesFit with its default strategy LeastAllocated: the emptier in cpu and memory, the better. Pods spread by it. */
export function score({ allocatable, used, podCount }: NodeRoom): number {
  const free = [...assumedRequests].map(([name, assumed]) => {
    const total = allocatable.get(name) ?? 0;
    const taken = Math.max(used.get(name) ?? 0, podCount * assumed);
    return total === 0 ? 0 : (total - taken) / total;
  });
  return free.reduce((sum, share) => sum + share, 0) / free.length;
}

/** Waiting for somebody to go does not help against these. */
const isFinal = (reason: string): boolean => !reason.startsWith('Insufficient') && reason !== 'Too many pods';

/** `0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: …` (pkg/scheduler/framework/types.go FitError). */
export function unschedulableText(perNode: readonly (readonly string[])[]): string {
  if (perNode.length === 0) return 'no nodes available to schedule pods';
  const head = `0/${perNode.length} nodes are available: `;
  const preemption = perNode.map((reasons) =>
    reasons.some(isFinal) ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
  );
  return `${head}${histogram(perNode.flat())}. preemption: ${head}${histogram(preemption)}.`;
}

/** `1 Insufficient cpu, 2 node(s) were unschedulable`, sorted as text. */
function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
