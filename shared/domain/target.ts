/** Names of the resources that we look after. All of them name their cluster second. */

export function clusterTarget(cluster: string): string {
  return `cluster/${cluster}`;
}

/** Node pools of one cluster have names of their own, whoever declares them. */
export function poolTarget(cluster: string, pool: string): string {
  return `pool/${cluster}/${pool}`;
}

/** One service of one namespace: the same name in another namespace or cluster is another service. */
export function modelTarget(cluster: string, namespace: string, name: string): string {
  return `model/${cluster}/${namespace}/${name}`;
}

/** Parts of a target's name, by the first one. */
export const partsOfTargets: Readonly<Record<string, number>> = { cluster: 2, pool: 3, model: 4 };
