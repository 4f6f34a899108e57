/** Which nodes a pod may run on: selector, required node affinity, taints and tolerations. */
import { type KubernetesObject, mapAt, mapsAt, nameOf, stringsAt, textAt } from '../kubernetes/objects.ts';
import { matchesAll, toRequirement } from '../kubernetes/selectors.ts';
import type { JsonMap } from '../world/json.ts';

/** Starting and staying differ: a NoSchedule taint keeps new pods away and lets the old ones be. */
export interface Placement {
  /** A new pod is put there. */
  readonly mayStart: boolean;
  /** A pod that is there already may stay. */
  readonly mayStay: boolean;
}

const nowhere: Placement = { mayStart: false, mayStay: false };

/** `nodeShouldRunDaemonPod` in pkg/controller/daemon of kubernetes/kubernetes. */
export function placementOn(node: KubernetesObject, podSpec: JsonMap): Placement {
  if (!fitsNodeChoice(node, podSpec)) return nowhere;
  const tolerations = mapsAt(podSpec, 'tolerations');
  const untolerated = mapsAt(node, 'spec', 'taints').filter(
    (taint) => !tolerations.some((one) => tolerates(one, taint)),
  );
  const repels = untolerated.some((taint) => taint['effect'] !== 'PreferNoSchedule');
  const evicts = untolerated.some((taint) => taint['effect'] === 'NoExecute');
  return { mayStart: !repels, mayStay: !evicts };
}

/** Selector and required node affinity, which a pod can choose nodes by. */
export function fitsNodeChoice(node: KubernetesObject, podSpec: JsonMap): boolean {
  return fitsSelector(node, podSpec) && fitsAffinity(node, podSpec);
}

function fitsSelector(node: KubernetesObject, podSpec: JsonMap): boolean {
  const labels = mapAt(node, 'metadata', 'labels');
  return Object.entries(stringsAt(podSpec, 'nodeSelector')).every(([key, value]) => labels[key] === value);
}

/** One of the terms must hold; within a term every expression. No terms means no restriction. */
function fitsAffinity(node: KubernetesObject, podSpec: JsonMap): boolean {
  const required = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'];
  const terms = mapsAt(podSpec, ...required);
  return terms.length === 0 || terms.some((term) => fitsTerm(node, term));
}

/** All expressions of a term must hold, on labels and on the name. */
function fitsTerm(node: KubernetesObject, term: JsonMap): boolean {
  const expressions = mapsAt(term, 'matchExpressions').map(toRequirement);
  const fields = mapsAt(term, 'matchFields').map(toRequirement);
  // An empty term matches nothing (component-helpers scheduling/corev1/nodeaffinity).
  if (expressions.length === 0 && fields.length === 0) return false;
  return (
    matchesAll(expressions, stringsAt(node, 'metadata', 'labels')) &&
    matchesAll(fields, { 'metadata.name': nameOf(node) })
  );
}

/** An empty key with Exists tolerates everything, an empty effect every effect. */
export function tolerates(toleration: JsonMap, taint: JsonMap): boolean {
  const key = textAt(toleration, 'key');
  const effect = textAt(toleration, 'effect');
  if (effect !== '' && effect !== taint['effect']) return false;
  if (key !== '' && key !== taint['key']) return false;
  if (textAt(toleration, 'operator') === 'Exists') return true;
  return key !== '' && textAt(toleration, 'value') === textAt(taint, 'value');
}
