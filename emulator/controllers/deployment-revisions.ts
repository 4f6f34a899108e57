/** The numbers that `kubectl rollout history` shows (pkg/controller/deployment/util/deployment_util.go of kubernetes/kubernetes). */
import { type KubernetesObject, stringsAt, textAt } from '../kubernetes/objects.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';

/** 0 for an object that has none yet. */
export const revisionOf = (object: KubernetesObject): number =>
  Number(textAt(object, 'metadata', 'annotations', revisionAnnotation));

/** The current set comes after all others, also when it is an old one that somebody rolled back to. */
export function nextRevision(others: readonly KubernetesObject[]): number {
  return Math.max(0, ...others.map(revisionOf)) + 1;
}

const ofTheDeploymentAlone = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
  revisionAnnotation,
  desiredReplicasAnnotation,
]);

/** What a set takes over, `kubernetes.io/change-cause` among it. */
export function inheritedAnnotations(deployment: KubernetesObject): Readonly<Record<string, string>> {
  const all = Object.entries(stringsAt(deployment, 'metadata', 'annotations'));
  return Object.fromEntries(all.filter(([name]) => !ofTheDeploymentAlone.has(name)));
}
