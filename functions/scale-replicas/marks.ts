/** How a pod is marked that should go when its role shrinks; all others bear no mark. */

/**
 * What a ReplicaSet's controller compares among pods of one stage, the lowest first and 0 where it is absent; on by default since
 * Kubernetes 1.22 (Kubernetes documentation, "ReplicaSet", section "Pod deletion cost").
 */
export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** The cost that we have written: where another one stands by now, somebody else decides. */
export const GOES_FIRST = 'inference-fleet/goes-first-by-cost';

const COST = '-1';

/** As a change of a pod's annotations; null removes one. */
export function annotationsOf(goesFirst: boolean): Readonly<Record<string, string | null>> {
  const value = goesFirst ? COST : null;
  return { [DELETION_COST]: value, [GOES_FIRST]: value };
}
